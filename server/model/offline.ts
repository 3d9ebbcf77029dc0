import { type Clock, systemClock } from '../clock.ts'
import { fault } from './faults.ts'
import { echo, offlineAnswer } from './offline-answer.ts'
import type { ModelCall, ModelPart, ModelPort } from './port.ts'

export const OFFLINE = 'offline'

/** Tokens between two breaths when nothing slows the stream down: an abort is noticed at each. */
const BREATH = 64

export interface OfflineOptions {
  /** The pace at which it speaks; 0: as fast as it can. */
  tokensPerSecond: number
  clock?: Clock
}

/**
 * The model that needs no key and no network. Deterministic: what it says depends on the call alone, and
 * when it says it on the clock and the pace.
 */
export function createOfflineModel({ tokensPerSecond, clock = systemClock }: OfflineOptions): ModelPort {
  return {
    defaultModel: OFFLINE,
    models: [OFFLINE],
    stream: (call, signal) => stream(call, signal, tokensPerSecond, clock),
  }
}

async function* stream(
  call: ModelCall,
  signal: AbortSignal,
  tokensPerSecond: number,
  clock: Clock,
): AsyncGenerator<ModelPart> {
  if (call.model !== OFFLINE) {
    yield { type: 'error', fault: fault('MODEL_UNKNOWN', 'only offline is here') }
    return
  }
  const { text, calls = [] } = offlineAnswer(call)
  const tokens = tokensOf(text)
  const usage = { inputTokens: tokensOf(echo(call)).length, outputTokens: tokens.length }
  const parts: ModelPart[] = [
    ...tokens.map((token): ModelPart => ({ type: 'text', text: token })),
    ...calls.map((planned): ModelPart => ({ type: 'tool-call', ...planned })),
    { type: 'finish', finish: calls.length > 0 ? 'tool-calls' : 'stop', usage },
  ]
  const startedAt = clock.now()
  for (const [index, part] of parts.entries()) {
    if (part.type === 'text') await pause(index, tokensPerSecond, startedAt, clock, signal)
    if (signal.aborted) return yield { type: 'error', fault: fault('ABORTED', 'the caller aborted') }
    yield part
  }
}

/** Waits until token `index` is due. The first is due at once; behind its pace it does not wait. */
async function pause(
  index: number,
  rate: number,
  startedAt: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<void> {
  const due = rate > 0 ? startedAt + (index * 1000) / rate : startedAt
  const wait = due - clock.now()
  if (wait > 0) await sleep(wait, clock, signal)
  else if (index % BREATH === BREATH - 1) await sleep(0, clock, signal)
}

function sleep(ms: number, clock: Clock, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const wake = () => {
      stopTimer()
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const stopTimer = clock.after(ms, wake)
    signal.addEventListener('abort', wake, { once: true })
  })
}

/** Word-ish pieces that join to the text: a word with the space before it, long words in several. */
function tokensOf(text: string): string[] {
  return text.match(/\s*\S{1,12}|\s+/gu) ?? []
}
