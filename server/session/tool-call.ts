import { type CallOutcome, type CallReason, RESULT_LENGTH } from '@colloquy/shared'
import type { Clock } from '../clock.ts'
import { isTooDeep, shownJson } from '../tools/canonical.ts'
import { type CallContext, type Tool, ToolError, type Unusable } from '../tools/tool.ts'
import { CALL_WORDS, WAS_DONE } from './call-words.ts'

/** How long a call may take when its tool does not say, in ms. */
const TIMEOUT_MS = 60_000
/** Characters of a tool's own words about what went wrong. */
const WORDS_LENGTH = 2_000

/** What became of a call; `uncertain`: it may have happened, and the answer to it is lost. */
export type CallEnd = { outcome: CallOutcome; reason?: CallReason; body: string; uncertain?: boolean }

/** One dispatch of a call, bounded in time and in the size of its result. Never rejects. */
export async function callTool(
  tool: Tool,
  args: unknown,
  context: CallContext,
  clock: Clock,
  failed: (error: unknown) => void,
): Promise<CallEnd> {
  return bounded(tool, context, clock, failed, async (bound) => {
    return resultOf(tool, await tool.run(args, bound))
  })
}

/** Asks the tool what became of a call. `null`: it has not happened. Never rejects. */
export async function probeTool(
  tool: Tool,
  args: unknown,
  context: CallContext,
  clock: Clock,
  failed: (error: unknown) => void,
): Promise<CallEnd | null> {
  const probe = tool.probe?.bind(tool)
  if (!probe) return unknown()
  let absent = false
  const end = await bounded(tool, context, clock, failed, async (bound) => {
    const found = await probe(args, bound)
    absent = found === null
    return found ? resultOf(tool, found.result) : unknown()
  })
  if (absent) return null
  return hasHappened(end) ? end : unknown()
}

/** True when the tool is known to have done it, whatever has become of its answer. */
export function hasHappened({ outcome, reason }: CallEnd): boolean {
  return outcome === 'ok' || reason === 'RESULT_INVALID' || reason === 'RESULT_TOO_LARGE'
}

/** The end of a call of which nobody knows whether it has happened. */
export function unknown(): CallEnd {
  return { outcome: 'unknown', reason: 'CALL_INTERRUPTED', body: CALL_WORDS.CALL_INTERRUPTED }
}

async function bounded(
  tool: Tool,
  context: CallContext,
  clock: Clock,
  failed: (error: unknown) => void,
  work: (bound: CallContext) => Promise<CallEnd>,
): Promise<CallEnd> {
  const late = new AbortController()
  const { promise: timedOut, resolve } = Promise.withResolvers<CallEnd>()
  const stopTimer = clock.after(tool.timeout ?? TIMEOUT_MS, () => {
    late.abort()
    resolve(timeout(tool))
  })
  const stop = () => resolve(unknown())
  context.signal.addEventListener('abort', stop, { once: true })
  const signal = AbortSignal.any([context.signal, late.signal])
  const worked = Promise.resolve()
    .then(() => work({ ...context, signal }))
    .catch((error: unknown) => {
      failed(error)
      return thrown(tool, error)
    })
  try {
    return await Promise.race([worked, timedOut])
  } finally {
    stopTimer()
    context.signal.removeEventListener('abort', stop)
  }
}

function timeout(tool: Tool): CallEnd {
  const end = { reason: 'TOOL_TIMEOUT' as const, body: CALL_WORDS.TOOL_TIMEOUT }
  if (tool.effect === 'read') return { ...end, outcome: 'error' }
  return { ...end, outcome: 'unknown', uncertain: true }
}

function thrown(tool: Tool, error: unknown): CallEnd {
  const failed = { outcome: 'error', reason: 'TOOL_FAILED' } as const
  // What anything else than a ToolError says was not meant for people; nor does it say how far the tool had come.
  if (!(error instanceof ToolError))
    return { ...failed, body: CALL_WORDS.TOOL_FAILED, uncertain: tool.effect === 'write' }
  const words = error.message.slice(0, WORDS_LENGTH).toWellFormed()
  if (error.unusable) return unusable(tool, error.unusable, words)
  return { ...failed, body: words, uncertain: error.uncertain }
}

const INSTEAD: Readonly<Record<Unusable, string>> = { RESULT_TOO_LARGE: 'Ask for less.', RESULT_INVALID: '' }

/** A read may be tried another way; a write has been done, and nobody shall be led to do it again. */
function unusable(tool: Tool, reason: Unusable, words: string): CallEnd {
  if (tool.effect === 'read') return { outcome: 'error', reason, body: `${words} ${INSTEAD[reason]}`.trim() }
  return { outcome: 'unknown', reason, body: `${words} ${WAS_DONE}` }
}

function resultOf(tool: Tool, result: unknown): CallEnd {
  const refuse = (reason: Unusable) => unusable(tool, reason, CALL_WORDS[reason])
  let body: string
  if (isTooDeep(result)) return refuse('RESULT_INVALID')
  try {
    body = shownJson(result)
    if (body.length > RESULT_LENGTH) return refuse('RESULT_TOO_LARGE')
    if (tool.output && !tool.output.safeParse(JSON.parse(body)).success) return refuse('RESULT_INVALID')
  } catch {
    return refuse('RESULT_INVALID')
  }
  return { outcome: 'ok', body }
}
