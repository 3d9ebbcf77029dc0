import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** A request that came, whatever became of its answer. */
export interface ToolRequest {
  tool: string
  /** The header `idempotency-key`. */
  key: string
  args: { id?: string }
  /** ms since 1970. */
  at: number
}

type Answer = (req: IncomingMessage, res: ServerResponse, request: ToolRequest) => unknown

/**
 * Tools as HTTP endpoints that count: what was asked for, and what it did to the world. An effect happens when
 * its request has come, before the answer: what a caller does not know has happened all the same.
 */
export class ToolServer {
  readonly #server: Server
  readonly #requests: ToolRequest[] = []
  readonly #effects: ToolRequest[] = []
  readonly #results = new Map<string, unknown>()
  readonly #probes: ToolRequest[] = []
  /** Tools whose answers wait. */
  readonly #gates = new Map<string, PromiseWithResolvers<void>>()

  private constructor() {
    this.#server = createServer((req, res) => {
      // Whoever asked may be killed at any time.
      this.#serve(req, res).catch(() => res.destroy())
    })
  }

  static async start(): Promise<ToolServer> {
    const tools = new ToolServer()
    tools.#server.listen(0, '127.0.0.1')
    await once(tools.#server, 'listening')
    return tools
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** What the setting `COLLOQUY_TOOLS` must hold to offer these tools; `url`: of a proxy in front. */
  setting(url = this.url): string {
    const input = {
      type: 'object',
      properties: { id: { type: 'string' } },
      required: ['id'],
      additionalProperties: false,
    }
    return JSON.stringify(
      Object.entries(TOOLS).map(([name, { answer: _, probe, ...tool }]) => ({
        ...{ name, description: `${name} of the tests`, url: `${url}/${name}`, input, ...tool },
        ...(probe ? { probeUrl: `${url}/${name}/probe` } : {}),
      })),
    )
  }

  /** Every request for the tool, in the order in which they came. */
  requests(tool?: string): readonly ToolRequest[] {
    return tool === undefined ? this.#requests : this.#requests.filter((each) => each.tool === tool)
  }

  /** What happened in the world: for a keyed tool once for each key, for any other once for each request. */
  effects(tool?: string): readonly ToolRequest[] {
    return tool === undefined ? this.#effects : this.#effects.filter((each) => each.tool === tool)
  }

  /** The different keys that the tool was asked with. */
  keys(tool: string): ReadonlySet<string> {
    return new Set(this.requests(tool).map(({ key }) => key))
  }

  /** Questions of what became of a call. */
  get probes(): readonly ToolRequest[] {
    return this.#probes
  }

  /** Answers of the tool wait until what this returns is called; effects do not. */
  hold(tool: string): () => void {
    const gate = Promise.withResolvers<void>()
    this.#gates.set(tool, gate)
    return () => {
      if (this.#gates.get(tool) === gate) this.#gates.delete(tool)
      gate.resolve()
    }
  }

  async close(): Promise<void> {
    for (const { resolve } of this.#gates.values()) resolve()
    this.#server.closeAllConnections()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  async #serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const [, name = '', probe] = (req.url ?? '').split('/')
    const tool = TOOLS[name]
    // A probe is a GET: the key alone says which call it is about.
    const args = JSON.parse((await readBody(req)) || '{}') as ToolRequest['args']
    const request = { tool: name, key: String(req.headers['idempotency-key']), args, at: Date.now() }
    if (!tool) return json(res, 404, { error: 'no such tool' })
    if (probe) {
      this.#probes.push(request)
      const result = this.#results.get(request.key)
      return result === undefined ? json(res, 404, { error: 'no such call' }) : json(res, 200, result)
    }
    this.#requests.push(request)
    this.#act(request, tool)
    await this.#gates.get(name)?.promise
    if (tool.answer) tool.answer(req, res, request)
    else json(res, 200, this.#results.get(request.key))
  }

  #act(request: ToolRequest, { replay }: ToolKind): void {
    const known = this.#results.has(request.key)
    if (known && replay === 'keyed') return
    this.#effects.push(request)
    if (!known) this.#results.set(request.key, { did: request.args.id, nth: this.#effects.length })
  }
}

interface ToolKind {
  effect: 'read' | 'write'
  replay: 'safe' | 'keyed' | 'unsafe'
  approver?: 'author' | 'moderator'
  timeout?: number
  /** JSON Schema of what it promises to answer. */
  output?: object
  /** Whether it can tell what became of a call. */
  probe?: true
  /** In place of a result in JSON. */
  answer?: Answer
}

const HUGE = JSON.stringify({ text: 'x'.repeat(10 * 1024 * 1024) })

const TOOLS: Readonly<Record<string, ToolKind>> = {
  'keyed.add': { effect: 'write', replay: 'keyed' },
  'unsafe.add': { effect: 'write', replay: 'unsafe' },
  'safe.read': { effect: 'read', replay: 'safe' },
  'asked.add': { effect: 'write', replay: 'keyed', approver: 'author' },
  'asked.unsafe': { effect: 'write', replay: 'unsafe', approver: 'author' },
  'probed.add': { effect: 'write', replay: 'unsafe', probe: true },
  'broken.add': {
    ...{ effect: 'write', replay: 'keyed' },
    answer: (_, res) => json(res, 500, { error: 'it is broken' }),
  },
  'hanging.add': { effect: 'write', replay: 'unsafe', timeout: 1_000, answer: () => undefined },
  'huge.read': {
    ...{ effect: 'read', replay: 'safe' },
    answer: (_, res) => res.writeHead(200, { 'content-type': 'application/json' }).end(HUGE),
  },
  'wrong.read': {
    ...{ effect: 'read', replay: 'safe' },
    output: { type: 'object', properties: { did: { type: 'string' } }, required: ['did'] },
    answer: (_, res) => json(res, 200, { did: 7 }),
  },
  'garbled.read': {
    ...{ effect: 'read', replay: 'safe' },
    answer: (_, res) => res.writeHead(200, { 'content-type': 'application/json' }).end('{"this is": not'),
  },
}

function json(res: ServerResponse, status: number, body: unknown): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

async function readBody(req: IncomingMessage): Promise<string> {
  let body = ''
  for await (const chunk of req.setEncoding('utf8')) body += chunk
  return body
}
