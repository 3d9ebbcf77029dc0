import { LLMock } from '@copilotkit/aimock'
import { systemClock } from '../../server/clock.ts'
import { createOfflineModel } from '../../server/model/offline.ts'
import { ask, LOOKUP, type ModelHarness, modelContract } from './model.ts'
import { begin, modelAt, WIRES, type Wire, WireServer } from './model-wire.ts'

modelContract('offline', async () => {
  const port = createOfflineModel({ tokensPerSecond: 0, clock: systemClock })
  return {
    port,
    answers: { call: ask('offline', '/write 4'), text: 'These words are from.' },
    callsTool: ask('offline', '/tool lookup {"key":"a"}', [LOOKUP]),
    endless: { port, call: ask('offline', '/write 100000') },
    close: async () => {},
  }
})

for (const wire of WIRES) modelContract(`AI SDK, ${wire}`, () => behindAimock(wire))

const ANSWER = 'Paris, the capital of France 👩🏽‍🚀, of course.'

async function behindAimock(wire: Wire): Promise<ModelHarness> {
  const mock = new LLMock({ port: 0, chunkSize: 5 })
  mock.onMessage('capital', { content: ANSWER })
  mock.onMessage('look up', { toolCalls: [{ name: 'lookup', arguments: '{"key":"a"}' }] })
  await mock.start()
  const server = await WireServer.start((res) => begin(res, wire, 'and so on'))
  const { port, id } = modelAt(wire, mock.url)
  return {
    port,
    answers: { call: ask(id, 'What is the capital of France?'), text: ANSWER },
    callsTool: ask(id, 'Please look up a.', [LOOKUP]),
    endless: { port: modelAt(wire, server.url).port, call: ask(id, 'Go on.'), released: server.released },
    requests: () => mock.getRequests().length,
    async close() {
      await mock.stop()
      await server.close()
    },
  }
}
