import { setTimeout as wait } from 'node:timers/promises'
import type { ModelCall, ModelPort } from '../../server/model/port.ts'
import { stamp } from './stamp.ts'

/** A model that answers every call with the same text at once, and says when it was called. */
export function instantModel(text: string, called: (call: ModelCall) => void): ModelPort {
  return {
    defaultModel: 'instant',
    models: ['instant'],
    async *stream(call) {
      called(call)
      yield { type: 'text', text }
      yield { type: 'finish', finish: 'stop' }
    },
  }
}

/** A model that sends one stamped chunk every `everyMs` for `seconds`. */
export function stampingModel(everyMs: number, seconds: number): ModelPort {
  return {
    defaultModel: 'stamps',
    models: ['stamps'],
    async *stream(_call, signal) {
      const end = performance.now() + seconds * 1000
      while (performance.now() < end && !signal.aborted) {
        yield { type: 'text', text: stamp() }
        await wait(everyMs)
      }
      yield { type: 'finish', finish: 'stop' }
    },
  }
}
