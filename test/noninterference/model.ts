import type { Clock } from '../../server/clock.ts'
import type { ModelCall, ModelPart, ModelPort } from '../../server/model/port.ts'
import { digest } from './keyed.ts'
import { scriptOf } from './script.ts'

/** What a model heard, with the moment. */
export type Heard = (call: ModelCall, json: string) => void

/**
 * A model whose words, and the times at which it says them, follow from its input alone; what it says repeats its input
 * as far as it is told to. Only with an input that differs can an answer differ.
 * @param normal takes out of an input what answers shall not depend on
 */
export function pureModel(clock: Clock, heard: Heard, normal = (json: string) => json): ModelPort {
  return {
    defaultModel: 'pure',
    models: ['pure'],
    async *stream(call, signal) {
      const json = JSON.stringify(call)
      heard(call, json)
      yield* answer(call, normal(json), clock, signal)
    },
  }
}

async function* answer(
  call: ModelCall,
  json: string,
  clock: Clock,
  signal: AbortSignal,
): AsyncGenerator<ModelPart> {
  const hash = Buffer.from(digest(json), 'hex')
  const at = (index: number) => hash[index % hash.length] ?? 0
  const asked = call.messages.findLastIndex(({ role }) => role === 'user')
  const question = call.messages[asked]
  const script = scriptOf(question?.role === 'user' ? question.text : '')
  const step = call.messages.slice(asked + 1).filter(({ role }) => role === 'tool').length
  await sleep(clock, 20 + at(0), signal)
  if (script.fails === 'busy' || script.fails === 'refused') {
    const retryable = script.fails === 'busy'
    const code = retryable ? 'PROVIDER_BUSY' : 'PROVIDER_REFUSED'
    yield { type: 'error', fault: { code, retryable, detail: 'as the script says' } }
    return
  }
  const calls = script.steps?.[step] ?? []
  const echo = () => `${hash.toString('hex')} ${json.slice(-script.say)}`
  const text = summary(call) ?? (calls.length > 0 ? `step ${step}` : echo())
  for (let from = 0, n = 1; from < text.length; n++) {
    const length = 80 + 4 * at(n)
    if (n > 1) await sleep(clock, 10 + (at(n) % 60), signal)
    if (signal.aborted) {
      yield { type: 'error', fault: { code: 'ABORTED', retryable: false, detail: 'aborted' } }
      return
    }
    yield { type: 'text', text: text.slice(from, from + length).toWellFormed() }
    from += length
  }
  if (script.fails === 'cut') {
    yield { type: 'error', fault: { code: 'PROVIDER_CUT', retryable: true, detail: 'as the script says' } }
    return
  }
  for (const { tool, args } of calls) yield { type: 'tool-call', tool, args }
  const usage = { inputTokens: json.length >> 2, outputTokens: text.length >> 2 }
  yield { type: 'finish', finish: calls.length > 0 ? 'tool-calls' : 'stop', usage }
}

/** What a call says that asks for a summary: the beginnings of the first messages. Null for any other. */
function summary({ messages: [first] }: ModelCall): string | null {
  if (first?.role !== 'context' || first.about !== 'messages') return null
  const notes = first.notes.slice(0, 4)
  return notes
    .map(({ seqs, text }) => `- [${seqs[0]}] said ${text.slice(0, 90).replace(/\s+/g, ' ')}`)
    .join('\n')
}

/** Until `ms` are over or nobody wants it any more. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const wake = () => {
      cancel()
      signal.removeEventListener('abort', wake)
      resolve()
    }
    const cancel = clock.after(ms, wake)
    signal.addEventListener('abort', wake, { once: true })
  })
}
