import type { ModelPort } from '../../server/model/port.ts'

/** Says one word to everything. */
export const quietModel: ModelPort = {
  defaultModel: 'quiet',
  models: ['quiet'],
  async *stream() {
    yield { type: 'text', text: 'Noted.' }
    yield { type: 'finish', finish: 'stop' }
  },
}
