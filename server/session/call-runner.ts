import { readersOf } from '@colloquy/shared'
import { callKey } from '../tools/canonical.ts'
import type { CallContext, Tool } from '../tools/tool.ts'
import { refusalOf } from './call-rights.ts'
import { CALL_WORDS, NOT_AGAIN } from './call-words.ts'
import { APPROVAL_MS, readArgs, settled } from './intents.ts'
import type { Call } from './state.ts'
import { type CallEnd, callTool, hasHappened, probeTool, unknown } from './tool-call.ts'
import type { TurnHost } from './turn-host.ts'

/** A call is sent at most this often, restarts of the server included, and always with the same key. */
const MAX_DISPATCHES = 3
/** Wait before a call is sent again, in ms; doubled each time. */
const AGAIN_MS = 500

const STALE: CallEnd = {
  ...{ outcome: 'denied', reason: 'APPROVAL_EXPIRED' },
  body: 'This call was allowed too long ago to be made now. It was not made.',
}

/** Brings the calls of one turn to their ends: `intent → dispatched → settled`, each durable before the next. */
export class CallRunner {
  readonly #turnId: string
  readonly #host: TurnHost
  readonly #signal: AbortSignal
  readonly #pause: (ms: number) => Promise<void>
  /** What was last heard of a call whose answer was lost. */
  readonly #lost = new Map<string, CallEnd>()

  constructor(turnId: string, host: TurnHost, signal: AbortSignal, pause: (ms: number) => Promise<void>) {
    this.#turnId = turnId
    this.#host = host
    this.#signal = signal
    this.#pause = pause
  }

  /** The next thing that a call which nobody must allow any more needs. */
  async settle(call: Call): Promise<void> {
    const tool = this.#host.toolbox.find(call.tool)
    // One that was sent is on its way whatever has become of the tool since.
    if (!tool) return this.#settled(call, call.dispatches > 0 ? unknown() : error('TOOL_UNKNOWN'))
    const read = readArgs(tool, JSON.parse(this.#host.body(call.cell)))
    if ('problem' in read)
      return this.#settled(call, call.dispatches > 0 ? unknown() : error('ARGS_INVALID', read.problem))
    if (call.dispatches > 0)
      return call.replay === 'unsafe'
        ? this.#probe(call, tool, read.args)
        : this.#again(call, tool, read.args)
    return this.#isStale(call) ? this.#settled(call, STALE) : this.#dispatch(call, tool, read.args)
  }

  #refusal(tool: Tool, args: unknown): CallEnd | null {
    const facts = this.#host.facts(this.#turnId)
    if (!facts) return null
    const { state, lane, turn } = facts
    return refusalOf(tool, args, { state, lane, author: turn.author, rights: this.#host.rights })
  }

  /** Consent holds as long again as the question stood: what was meant then need not be meant tomorrow. */
  #isStale({ expiresAt }: Call): boolean {
    return expiresAt !== undefined && this.#host.clock.now() >= expiresAt + APPROVAL_MS
  }

  async #dispatch(call: Call, tool: Tool, args: unknown): Promise<void> {
    // Rights and readers may have changed while it waited for consent, for an answer that was lost, or for a probe.
    const refusal = this.#refusal(tool, args)
    if (refusal) return this.#settled(call, this.#refused(call, refusal))
    const context = this.#context(call)
    if (!context) return
    const { clock } = this.#host
    const { callId } = call
    const at = clock.now()
    await this.#host.commit([{ event: { type: 'tool.dispatched', at, turnId: this.#turnId, callId } }])
    if (this.#signal.aborted) return
    const end = await callTool(tool, args, context, clock, (cause) => this.#failed(call, cause))
    if (this.#signal.aborted) return
    if (!end.uncertain) return this.#settled(call, end)
    this.#lost.set(callId, end)
    // It is dispatched and not settled, as after a crash: the same rule says what becomes of it.
    return this.#pause(AGAIN_MS * 2 ** call.dispatches)
  }

  /** One that was sent before is not undone by a refusal: of a write nobody knows then whether it has happened. */
  #refused(call: Call, refusal: CallEnd): CallEnd {
    return call.dispatches > 0 && call.effect === 'write' ? this.#unknown(call) : refusal
  }

  /** With the same key the tool does it once, however often it hears of it. */
  #again(call: Call, tool: Tool, args: unknown): Promise<void> {
    if (call.dispatches < MAX_DISPATCHES) return this.#dispatch(call, tool, args)
    const lost = this.#lost.get(call.callId)
    return this.#settled(call, lost && call.effect === 'read' ? lost : this.#unknown(call))
  }

  /** Never sent again unless the tool itself says that it has not happened. */
  async #probe(call: Call, tool: Tool, args: unknown): Promise<void> {
    // What a probe finds is an answer of the tool: whoever may not have the one has no other.
    const refusal = this.#refusal(tool, args)
    if (refusal) return this.#settled(call, this.#refused(call, refusal))
    const context = this.#context(call)
    if (!context) return
    const failed = (cause: unknown) => this.#failed(call, cause)
    const end = await probeTool(tool, args, context, this.#host.clock, failed)
    if (this.#signal.aborted) return
    if (end === null && call.dispatches < MAX_DISPATCHES) return this.#dispatch(call, tool, args)
    return this.#settled(call, end && hasHappened(end) ? end : this.#unknown(call))
  }

  /** Nobody knows whether it has happened; what was last heard of it is told, if anything was. */
  #unknown({ callId }: Call): CallEnd {
    const lost = this.#lost.get(callId)
    return lost ? { ...lost, outcome: 'unknown', body: `${lost.body} ${NOT_AGAIN}` } : unknown()
  }

  #context(call: Call): CallContext | null {
    const facts = this.#host.facts(this.#turnId)
    if (!facts) return null
    const { id: userId, name } = facts.turn.author
    const { audience, through } = facts.lane
    const { sessionId } = facts.state
    const key = callKey(this.#turnId, call.step, call.index, call.tool, this.#host.body(call.cell))
    const readers = readersOf(audience, through)
    return { key, principal: { userId, name }, readers, sessionId, signal: this.#signal }
  }

  #failed(call: Call, cause: unknown): void {
    this.#host.toolFailed(this.#turnId, call.tool, cause)
  }

  #settled(call: Call, end: CallEnd): Promise<void> {
    const { clock, newId } = this.#host
    return this.#host.commit([settled(this.#turnId, call.callId, clock.now(), newId, end)])
  }
}

function error(reason: 'TOOL_UNKNOWN' | 'ARGS_INVALID', body: string = CALL_WORDS[reason]): CallEnd {
  return { outcome: 'error', reason, body }
}
