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
