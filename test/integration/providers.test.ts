import { LLMock } from '@copilotkit/aimock'
import { expect, it, onTestFinished } from 'vitest'
import { systemClock } from '../../server/clock.ts'
import { modelAt, type Wire } from '../contract/model-wire.ts'
import { TestServer } from '../kit/server.ts'

const ANSWER = 'Paris, the capital of France, of course.'

it.each<Wire>(['responses', 'anthropic', 'chat'])(
  '[F13] the answer of a provider that speaks %s streams to the people; its failure ends the turn, never the session',
  async (wire) => {
    const mock = new LLMock({ port: 0, chunkSize: 5 })
    mock.onMessage('capital', {
      content: ANSWER,
      usage: { input_tokens: 12, output_tokens: 9, prompt_tokens: 12, completion_tokens: 9 },
    })
    mock.onMessage('fail', { error: { message: 'no', type: 'server_error' }, status: 500 })
    await mock.start()
    onTestFinished(() => mock.stop())
    const server = await TestServer.start({ model: modelAt(wire, mock.url, systemClock).port })
    const id = await server.session({ bo: 'prompter' })
    const ana = server.connect('ana', id)

    const [failed, first] = await Promise.all([ana.prompt('please fail'), ana.prompt('What is the capital?')])
    expect(await failed.finished).toMatchObject({
      end: 'failed',
      message: { metadata: { reason: 'PROVIDER_UNAVAILABLE' }, parts: [] },
    })
    const { end, message } = await first.finished
    expect(end).toBe('done')
    expect(message?.parts).toEqual([{ type: 'text', text: ANSWER }])
    expect(message?.metadata.usage).toEqual({ inputTokens: 12, outputTokens: 9 })
    // Speakers are envelopes with the immutable id.
    const sent = JSON.stringify(mock.getRequests().at(-1))
    expect(sent).toMatch(/<from id=.{1,8}ana/)
  },
)
