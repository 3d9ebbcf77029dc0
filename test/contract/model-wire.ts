import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../server/clock.ts'
import { createModel } from '../../server/model/catalog.ts'
import type { ModelPort } from '../../server/model/port.ts'
import { parseModels } from '../../server/model/spec.ts'
import { ManualClock } from '../kit/clock.ts'

/** The wire formats that the providers speak. */
export const WIRES = ['responses', 'chat', 'anthropic'] as const
export type Wire = (typeof WIRES)[number]

export const KEY = 'sk-very-secret-0123456789'

/** The setting that reaches a server at `url` by a wire format. The SDK warns of a Claude that it does not know. */
function settingOf(wire: Wire, url: string): string {
  return { responses: 'openai/gpt-5', chat: `${url}/v1#llama3.2`, anthropic: 'anthropic/claude-next-9' }[wire]
}

/** The model behind a server, as the server's settings would make it, and its id. */
export function modelAt(
  wire: Wire,
  url: string,
  clock: Clock = new ManualClock(),
): { port: ModelPort; id: string } {
  const read = parseModels(settingOf(wire, url))
  if ('problem' in read) throw new Error(read.problem)
  const access = { apiKey: KEY, baseURL: `${url}/v1` }
  const providers = { openai: access, anthropic: access }
  const port = createModel({ model: read.specs, modelKey: KEY, offlineTps: 0, providers }, clock)
  return { port, id: port.defaultModel }
}

type Serve = (res: ServerResponse, body: string) => void

/** A clock that counts what is waited for. */
export class WaitsClock extends ManualClock {
  waits = 0

  override after(ms: number, fn: () => void): () => void {
    this.waits++
    return super.after(ms, fn)
  }
}

/** A provider that misbehaves as told. */
export class WireServer {
  requests = 0
  /** Resolves when the first request has come. */
  readonly received: Promise<void>
  /** Resolves when the first request's connection has gone. */
  readonly released: Promise<void>
  readonly #server
  #onReceived = () => {}
  #onReleased = () => {}

  private constructor(serve: Serve) {
    this.received = new Promise((resolve) => {
      this.#onReceived = resolve
    })
    this.released = new Promise((resolve) => {
      this.#onReleased = resolve
    })
    this.#server = createServer((req, res) => void this.#answer(req, res, serve))
  }

  static async start(serve: Serve): Promise<WireServer> {
    const wire = new WireServer(serve)
    wire.#server.listen(0, '127.0.0.1')
    await once(wire.#server, 'listening')
    return wire
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #answer(req: IncomingMessage, res: ServerResponse, serve: Serve): Promise<void> {
    this.requests++
    res.on('close', this.#onReleased)
    let body = ''
    for await (const chunk of req) body += chunk
    this.#onReceived()
    serve(res, body)
  }
}

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
export function failMidway(res: ServerResponse, wire: Wire, message: string): void {
  const code = 'server_error'
  if (wire === 'responses')
    res.write(frame({ type: 'error', sequence_number: 9, code, message, param: null }))
  else if (wire === 'chat') res.write(frame({ error: { type: code, code, message } }))
  else res.write(frame({ type: 'error', error: { type: 'api_error', message } }))
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

function chatChunk(content: Frame): Frame {
  const choices = [{ index: 0, delta: content, finish_reason: null }]
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
