import { describe, expect, it } from 'vitest'
import type { ModelCall } from '../../server/model/port.ts'
import { afterCalls, ask, DENIED, FETCH, LOOKUP } from './model.ts'
import { begin, callTool, handOver } from './model-frames.ts'
import { stepAt, useServers } from './model-servers.ts'
import { WIRES, type Wire } from './model-wire.ts'

const { serve } = useServers()
const { messages } = afterCalls(ask('', 'Please fetch both.'))
const OFFERED = [FETCH, LOOKUP]

type Body = Record<string, unknown> & { tools?: unknown }

/** The body of the request that `call` makes. */
async function sent(wire: Wire, call: Partial<ModelCall>): Promise<Body> {
  let body = ''
  const server = await serve((res, received) => {
    body = received
    res.destroy()
  })
  await stepAt(wire, server.url, call)
  return JSON.parse(body)
}

/** The messages of a request after the system text and the question. */
function afterQuestion({ input, messages }: Body): unknown[] {
  const all = (input ?? messages) as { role?: string }[]
  return all.slice(all.findIndex(({ role }) => role === 'user') + 1)
}

/** A step with the text and the two calls of `afterCalls`, and the results of both, as each provider wants them. */
const STEP: Record<Wire, unknown[]> = {
  responses: [
    { role: 'assistant', content: 'I will look.' },
    { type: 'function_call', call_id: 'c_1', name: 'web_fetch', arguments: '{"url":"u"}' },
    { type: 'function_call', call_id: 'c_2', name: 'lookup', arguments: '{"key":"a"}' },
    { type: 'function_call_output', call_id: 'c_1', output: '{"title":"Harbour"}' },
    { type: 'function_call_output', call_id: 'c_2', output: `{"error":"${DENIED}"}` },
  ],
  chat: [
    {
      ...{ role: 'assistant', content: 'I will look.' },
      tool_calls: [
        { id: 'c_1', type: 'function', function: { name: 'web_fetch', arguments: '{"url":"u"}' } },
        { id: 'c_2', type: 'function', function: { name: 'lookup', arguments: '{"key":"a"}' } },
      ],
    },
    { role: 'tool', tool_call_id: 'c_1', content: '{"title":"Harbour"}' },
    { role: 'tool', tool_call_id: 'c_2', content: DENIED },
  ],
  anthropic: [
    {
      role: 'assistant',
      content: [
        { type: 'text', text: 'I will look.' },
        { type: 'tool_use', id: 'c_1', name: 'web_fetch', input: { url: 'u' } },
        { type: 'tool_use', id: 'c_2', name: 'lookup', input: { key: 'a' } },
      ],
    },
    {
      role: 'user',
      content: [
        { type: 'tool_result', tool_use_id: 'c_1', content: '{"title":"Harbour"}' },
        { type: 'tool_result', tool_use_id: 'c_2', content: DENIED, is_error: true },
      ],
    },
  ],
}

describe.each(WIRES)('calls on the wire, %s', (wire) => {
  it('[F22] a step, its calls and their results reach the provider, joined by their ids', async () => {
    expect(afterQuestion(await sent(wire, { messages, tools: OFFERED }))).toEqual(STEP[wire])
  })

  it('[F23] a call whose result is missing is sent with one that says so, and a result without its call is not sent', async () => {
    const [question, step, results] = messages
    if (!question || !step || results?.role !== 'tool') throw new Error('not the messages')
    const half = { ...results, results: results.results.slice(0, 1) }
    const body = await sent(wire, { messages: [question, step, half, question], tools: OFFERED })
    expect(afterQuestion(body).length).toBe(STEP[wire].length + (wire === 'anthropic' ? 0 : 1))
    expect(JSON.stringify(body)).toContain('Nobody knows what became of this call.')
    expect(JSON.stringify(await sent(wire, { messages: [question, results, question] }))).not.toContain(
      'Harbour',
    )
  })

  it('[F24] a step that called and said nothing has no text on the wire', async () => {
    const silent = messages.map((message) =>
      message.role === 'assistant' ? { ...message, text: ' \n' } : message,
    )
    const [first] = afterQuestion(await sent(wire, { messages: silent, tools: OFFERED }))
    expect(first).toEqual(
      {
        responses: STEP.responses[1],
        chat: { ...(STEP.chat[0] as object), content: null },
        anthropic: {
          role: 'assistant',
          content: (STEP.anthropic[0] as { content: unknown[] }).content.slice(1),
        },
      }[wire],
    )
  })

  it.each([['{"key":'], [7], [null], [['a']]])(
    '[F25] arguments that are no object, such as %j, are sent back inside one',
    async (args) => {
      const calls = [{ callId: 'c_1', tool: 'lookup', args }]
      const [question] = messages
      if (!question) throw new Error('no question')
      const results = [{ callId: 'c_1', tool: 'lookup', outcome: 'error' as const, output: 'no' }]
      const step = { role: 'assistant' as const, text: '', calls }
      const body = await sent(wire, {
        messages: [question, step, { role: 'tool', results }],
        tools: [LOOKUP],
      })
      const object = { rawInvalidInput: args }
      expect(afterQuestion(body)[0]).toMatchObject(
        {
          responses: { arguments: JSON.stringify(object) },
          chat: { tool_calls: [{ function: { arguments: JSON.stringify(object) } }] },
          anthropic: { content: [{ type: 'tool_use', input: object }] },
        }[wire],
      )
    },
  )

  it('[F26] tools that were called stay declared when none is offered: without that, providers refuse the calls', async () => {
    const names = ['web_fetch', 'lookup'].map((name) => (wire === 'chat' ? { function: { name } } : { name }))
    expect((await sent(wire, { messages })).tools).toMatchObject(names)
    expect((await sent(wire, {})).tools).toBeUndefined()
  })

  it('[F27] the same tools are declared alike, whatever was called before', async () => {
    const { tools } = await sent(wire, { tools: OFFERED })
    expect((await sent(wire, { messages, tools: OFFERED })).tools).toEqual(tools)
    expect(JSON.stringify(tools)).toMatch(/"web_fetch".*"Reads a page\."/)
  })

  it.each([
    ['erase', '{"key":"a"}', 'erase', { key: 'a' }],
    ['web_fetch', '{"url":"u"}', 'web.fetch', { url: 'u' }],
    ['web.fetch', '{"url":"u"}', 'web.fetch', { url: 'u' }],
    ['lookup', '{"key":', 'lookup', '{"key":'],
    ['lookup', '', 'lookup', {}],
    ['lookup', '7', 'lookup', 7],
  ])(
    '[F12] a call of %s with %j is handed over as it is, known or not, valid or not',
    async (name, text, tool, args) => {
      const server = await serve((res) => {
        begin(res, wire, 'One')
        callTool(res, wire, name, text)
        handOver(res, wire)
      })
      expect(await stepAt(wire, server.url, { tools: OFFERED })).toMatchObject([
        { type: 'text', text: 'One' },
        { type: 'tool-call', tool, args },
        { type: 'finish', finish: 'tool-calls' },
      ])
      expect(server.requests).toBe(1)
    },
  )
})
