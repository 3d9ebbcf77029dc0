import type { ServerResponse } from 'node:http'
import type { Wire } from './model-wire.ts'

// What providers say, event by event, in each wire format.

/** Opens the stream and says `text`. */
export function begin(res: ServerResponse, wire: Wire, text: string): void {
  open(res, wire)
  say(res, wire, text)
}

/** Opens the stream. */
export function open(res: ServerResponse, wire: Wire): void {
  res.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const event of OPENING[wire]) res.write(frame(event))
}

/** The model thinks, before it says anything. */
export function think(res: ServerResponse, wire: Wire): void {
  for (const event of THINKING[wire]) res.write(frame(event))
}

/** Shows that the provider lives, and nothing of an answer. */
export function stir(res: ServerResponse, wire: Wire): void {
  res.write(frame(STIRRING[wire]))
}

export function say(res: ServerResponse, wire: Wire, text: string): void {
  res.write(frame(delta(wire, text)))
}

/** An error of the provider in the middle of its stream. */
export function failMidway(res: ServerResponse, wire: Wire, message: string, code = 'server_error'): void {
  if (wire === 'responses')
    res.write(frame({ type: 'error', sequence_number: 9, code, message, param: null }))
  else if (wire === 'chat') res.write(frame({ error: { type: code, code, message } }))
  else
    res.write(
      frame({ type: 'error', error: { type: code === 'server_error' ? 'api_error' : code, message } }),
    )
}

/** The model calls the tool `name` with the text `args`, which need not be JSON. */
export function callTool(res: ServerResponse, wire: Wire, name: string, args: string): void {
  for (const event of calling(wire, name, args)) res.write(frame(event))
}

/** The provider closes its answer because of its filter. */
export function filtered(res: ServerResponse, wire: Wire): void {
  for (const event of FILTERED[wire]) res.write(frame(event))
  res.end()
}

/** The provider closes its answer so that the calls in it can be made. */
export function handOver(res: ServerResponse, wire: Wire): void {
  for (const event of HANDED_OVER[wire]) res.write(frame(event))
  res.end()
}

type Frame = Record<string, unknown>

function frame(event: Frame): string {
  const name = typeof event.type === 'string' ? `event: ${event.type}\n` : ''
  return `${name}data: ${JSON.stringify(event)}\n\n`
}

function delta(wire: Wire, text: string): Frame {
  if (wire === 'responses') {
    const place = { item_id: 'msg_1', output_index: 0, content_index: 0 }
    return { type: 'response.output_text.delta', sequence_number: 3, ...place, delta: text }
  }
  if (wire === 'chat') return chatChunk({ content: text })
  return { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }
}

function calling(wire: Wire, name: string, args: string): Frame[] {
  if (wire === 'responses') {
    const item = { type: 'function_call', id: 'fc_1', call_id: 'call_1', name, status: 'completed' }
    const place = { sequence_number: 4, output_index: 1 }
    return [
      { type: 'response.output_item.added', ...place, item: { ...item, arguments: '' } },
      { type: 'response.output_item.done', ...place, item: { ...item, arguments: args } },
    ]
  }
  if (wire === 'chat') {
    const call = { index: 0, id: 'call_1', type: 'function', function: { name, arguments: args } }
    return [chatChunk({ tool_calls: [call] })]
  }
  return [
    { type: 'content_block_stop', index: 0 },
    {
      ...{ type: 'content_block_start', index: 1 },
      content_block: { type: 'tool_use', id: 'call_1', name, input: {} },
    },
    { type: 'content_block_delta', index: 1, delta: { type: 'input_json_delta', partial_json: args } },
    { type: 'content_block_stop', index: 1 },
  ]
}

function chatChunk(content: Frame, finish: string | null = null): Frame {
  const choices = [{ index: 0, delta: content, finish_reason: finish }]
  return { id: 'c1', object: 'chat.completion.chunk', created: 1, model: 'llama3.2', choices }
}

const RESPONSE = { id: 'resp_1', object: 'response', created_at: 1, model: 'gpt-5', output: [] }
const MESSAGE = {
  ...{ id: 'msg_1', type: 'message', role: 'assistant', model: 'claude', content: [] },
  ...{ stop_reason: null, stop_sequence: null, usage: { input_tokens: 1, output_tokens: 1 } },
}
const OPENING: Record<Wire, Frame[]> = {
  responses: [
    { type: 'response.created', sequence_number: 1, response: RESPONSE },
    {
      ...{ type: 'response.output_item.added', sequence_number: 2, output_index: 0 },
      item: { type: 'message', id: 'msg_1', role: 'assistant', status: 'in_progress', content: [] },
    },
  ],
  chat: [chatChunk({ role: 'assistant' })],
  anthropic: [
    { type: 'message_start', message: MESSAGE },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ],
}

const THINKING: Record<Wire, Frame[]> = {
  responses: [
    {
      ...{ type: 'response.output_item.added', sequence_number: 2, output_index: 1 },
      item: { type: 'reasoning', id: 'rs_1', summary: [] },
    },
  ],
  chat: [chatChunk({ reasoning_content: 'Hm.' })],
  anthropic: [
    { type: 'content_block_start', index: 1, content_block: { type: 'thinking', thinking: '' } },
    { type: 'content_block_delta', index: 1, delta: { type: 'thinking_delta', thinking: 'Hm.' } },
  ],
}
const STIRRING: Record<Wire, Frame> = {
  responses: { type: 'response.in_progress', sequence_number: 2, response: RESPONSE },
  chat: chatChunk({}),
  anthropic: { type: 'ping' },
}

const USAGE = { input_tokens: 1, output_tokens: 1 }
const FILTERED: Record<Wire, Frame[]> = {
  responses: [
    {
      ...{ type: 'response.incomplete', sequence_number: 9 },
      response: { ...RESPONSE, incomplete_details: { reason: 'content_filter' }, usage: USAGE },
    },
  ],
  chat: [chatChunk({}, 'content_filter')],
  anthropic: closing('refusal'),
}
const HANDED_OVER: Record<Wire, Frame[]> = {
  responses: [{ type: 'response.completed', sequence_number: 9, response: { ...RESPONSE, usage: USAGE } }],
  chat: [chatChunk({}, 'tool_calls')],
  anthropic: closing('tool_use'),
}

function closing(reason: string): Frame[] {
  return [
    { type: 'message_delta', delta: { stop_reason: reason, stop_sequence: null }, usage: USAGE },
    { type: 'message_stop' },
  ]
}
