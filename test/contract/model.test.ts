import { LLMock } from '@copilotkit/aimock'
import { systemClock } from '../../server/clock.ts'
import { createOfflineModel } from '../../server/model/offline.ts'
import { ask, DENIED, FETCH, LOOKUP, type ModelHarness, modelContract } from './model.ts'
import { begin } from './model-frames.ts'
import { modelAt, WIRES, type Wire, WireServer } from './model-wire.ts'

modelContract('offline', async () => {
  const port = createOfflineModel({ tokensPerSecond: 0, clock: systemClock })
  return {
    port,
    answers: { call: ask('offline', '/write 4'), text: 'These words are from.' },
    callsTool: ask('offline', '/tool lookup {"key":"a"}', [LOOKUP]),
    callsTwo: ask('offline', '/tool web.fetch {"url":"u"}\n/tool lookup {"key":"a"}', [FETCH, LOOKUP]),
    answersResults:
      'I am the offline model of this server: no network and no thought, only the conversation I was given. ' +
      'What came back from 2 calls:\n\n' +
      '`web.fetch` ended as ok:\n\n```json\n{"title":"Harbour"}\n```\n\n' +
      `\`lookup\` ended as denied:\n\n\`\`\`\n${DENIED}\n\`\`\``,
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
  mock.on({ toolResultContains: DENIED }, { content: 'The harbour, then.' })
  const both = [
    { name: 'web_fetch', arguments: '{"url":"u"}' },
    { name: 'lookup', arguments: '{"key":"a"}' },
  ]
  mock.on({ userMessage: 'fetch both', hasToolResult: false }, { toolCalls: both })
  await mock.start()
  const server = await WireServer.start((res) => begin(res, wire, 'and so on'))
  const { port, id } = modelAt(wire, mock.url)
  return {
    port,
    answers: { call: ask(id, 'What is the capital of France?'), text: ANSWER },
    callsTool: ask(id, 'Please look up a.', [LOOKUP]),
    callsTwo: ask(id, 'Please fetch both.', [FETCH, LOOKUP]),
    answersResults: 'The harbour, then.',
    endless: { port: modelAt(wire, server.url).port, call: ask(id, 'Go on.'), released: server.released },
    requests: () => mock.getRequests().length,
    async close() {
      await mock.stop()
      await server.close()
    },
  }
}
