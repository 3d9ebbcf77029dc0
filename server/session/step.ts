import type { StepUsage } from '@colloquy/shared'
import type { Clock } from '../clock.ts'
import type { ModelCall, ModelFault, ModelPart, ModelPort, StepFinish } from '../model/port.ts'
import type { Wish } from './intents.ts'
import { TextWindow } from './text-window.ts'

/** Windows of text that may be on their way to the journal before the step waits for it. */
const MAX_UNSETTLED = 16

export interface StepHost {
  clock: Clock
  model: ModelPort
  /** Shows text that streams; resolves once it is durable. Rejects when the session was dropped. */
  show(text: string): Promise<void>
  /** Resolves once everything decided so far is durable. */
  settled(): Promise<void>
}

/** What an attempt came to. */
export type StepOutcome = { finish: StepFinish; usage?: StepUsage; wishes: Wish[] } | { fault: ModelFault }

/**
 * One attempt of one step: a model call, its text shown as it comes. Nothing is written once `signal` aborts.
 * Rejects only when the session was dropped.
 * @param said grows by what is shown
 */
export async function runStep(
  call: ModelCall,
  host: StepHost,
  said: string[],
  signal: AbortSignal,
): Promise<StepOutcome> {
  let unsettled = 0
  let dropped: { error: unknown } | undefined
  const wishes: Wish[] = []
  const window = new TextWindow(host.clock, (text) => {
    if (signal.aborted || dropped) return
    said.push(text)
    unsettled++
    host.show(text).then(
      () => unsettled--,
      (error) => {
        dropped = { error }
      },
    )
  })
  try {
    for await (const part of parts(host.model, call, signal)) {
      if (signal.aborted || dropped) break
      if (part.type === 'text') window.push(part.text)
      else if (part.type === 'tool-call') wishes.push({ tool: part.tool, args: part.args })
      else if (part.type === 'error') return { fault: part.fault }
      else {
        window.flush()
        const { finish, usage } = part
        return usage ? { finish, usage, wishes } : { finish, wishes }
      }
      if (unsettled > MAX_UNSETTLED) await host.settled()
    }
  } finally {
    window.drop()
  }
  if (dropped) throw dropped.error
  return { fault: { code: 'PROVIDER_CUT', retryable: true, detail: 'the model ended without a finish' } }
}

/** The model's parts; a model that throws, which its contract forbids, fails the turn and not the session. */
async function* parts(model: ModelPort, call: ModelCall, signal: AbortSignal): AsyncIterable<ModelPart> {
  try {
    yield* model.stream(call, signal)
  } catch (cause) {
    yield { type: 'error', fault: { code: 'INTERNAL', retryable: false, detail: String(cause) } }
  }
}
