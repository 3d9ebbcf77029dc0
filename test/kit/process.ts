import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { onTestFinished } from 'vitest'
import { Balancer, ON_REDIS, storeOf } from './nodes.ts'
import { keptPort } from './port.ts'

/** The server as its users run it. */
const MAIN = fileURLToPath(new URL('../../server/colloquy.js', import.meta.url))
/** The server that dies where `KILL_AT` says. */
export const FAILPOINT_SERVER = fileURLToPath(new URL('./failpoint-server.ts', import.meta.url))
/** Node keeps there what it has compiled, when a process ends in good order: a third less to wait for the next. */
const COMPILED = join(tmpdir(), 'colloquy-compile-cache')
const SECRET = 'a secret of these tests, at least 32 characters'

/** One process. */
class OneProcess {
  readonly port: number
  readonly #entry: string
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null
  gone: Promise<void> = Promise.resolve()

  constructor(entry: string, port: number, env: Record<string, string>) {
    this.port = port
    this.#entry = entry
    this.#env = { ...env, PORT: String(port) }
  }

  get runs(): boolean {
    return this.#child !== null && !hasEnded(this.#child)
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal)
  }

  async start(env: Record<string, string>): Promise<void> {
    const child = spawn(process.execPath, [this.#entry, '--seed=none'], {
      env: { PATH: process.env.PATH, ...this.#env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    this.gone = once(child, 'exit').then(() => undefined)
    let output = ''
    await new Promise<void>((resolve, reject) => {
      const heard = (chunk: Buffer) => {
        output += chunk
        if (output.includes('listens on')) resolve()
      }
      child.stdout?.on('data', heard)
      child.stderr?.on('data', heard)
      child.once('exit', (code, signal) =>
        reject(new Error(`server ended with ${code ?? signal}: ${output}`)),
      )
    })
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    this.#child = null
    if (child && !hasEnded(child)) {
      child.kill(signal)
      await this.gone
    }
    return child?.exitCode ?? null
  }
}

/**
 * The server as a process of its own, which can be killed. Where the suite runs on Redis it is three of them behind a proxy;
 * what happens to the server then happens to one of these, and the others go on.
 */
export class ServerProcess {
  readonly url: string
  readonly #nodes: readonly OneProcess[]
  #next = 0
  #victim: OneProcess

  private constructor(url: string, nodes: readonly [OneProcess, ...OneProcess[]]) {
    this.url = url
    this.#nodes = nodes
    this.#victim = nodes[0]
  }

  /** One that has its port and does not run yet; it goes when the test ends. */
  static async prepare(data: string, env: Record<string, string> = {}, entry = MAIN): Promise<ServerProcess> {
    const settings = {
      COLLOQUY_DATA: data,
      COLLOQUY_JWT_SECRET: SECRET,
      NODE_COMPILE_CACHE: COMPILED,
      ...env,
    }
    const server = ON_REDIS
      ? await ServerProcess.#several(entry, { ...settings, ...(await storeSettings(data)) })
      : ServerProcess.#alone(new OneProcess(entry, await keptPort(), settings))
    onTestFinished(async () => {
      await Promise.all(server.#nodes.map((node) => node.end('SIGKILL')))
    })
    return server
  }

  static #alone(node: OneProcess): ServerProcess {
    return new ServerProcess(`http://127.0.0.1:${node.port}`, [node])
  }

  static async #several(entry: string, settings: Record<string, string>): Promise<ServerProcess> {
    const one = async () => new OneProcess(entry, await keptPort(), settings)
    const nodes = [await one(), await one(), await one()] as const
    const proxy = await Balancer.start(0, () => nodes.map(({ port }) => port))
    onTestFinished(() => proxy.close())
    return new ServerProcess(proxy.url, [...nodes])
  }

  static async start(data: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    const server = await ServerProcess.prepare(data, env)
    await server.start()
    return server
  }

  /**
   * Resolves when the server says that it listens; rejects when it ends before.
   * @param env what is set for this run alone
   */
  async start(env: Record<string, string> = {}): Promise<void> {
    const others = this.#nodes.filter((node) => node !== this.#victim && !node.runs)
    const started = this.#victim.runs ? Promise.resolve() : this.#victim.start(env)
    // It may be meant to die before it listens: the others run all the same.
    await Promise.all([started, ...others.map((node) => node.start({}))])
  }

  /** Resolves when the process that was started last has ended, by itself or not. */
  get gone(): Promise<void> {
    return this.#victim.gone
  }

  /** False before it was started, and once it has ended. */
  get runs(): boolean {
    return this.#victim.runs
  }

  /** Stops it in the middle of whatever it does (SIGSTOP): its sockets stay, and nobody answers on them. */
  freeze(): void {
    this.#victim.signal('SIGSTOP')
  }

  /** SIGCONT: it goes on as if nothing had been. */
  thaw(): void {
    this.#victim.signal('SIGCONT')
  }

  /** SIGKILL: nothing in the process gets to run any more. Resolves when it is gone. Of several it is each in turn. */
  async kill(): Promise<void> {
    if (this.#victim.runs) this.#victim = this.#nodes[this.#next++ % this.#nodes.length] ?? this.#victim
    await this.#victim.end('SIGKILL')
  }

  /** SIGTERM; resolves with the exit code. */
  async terminate(): Promise<number | null> {
    const codes = await Promise.all(this.#nodes.map((node) => node.end('SIGTERM')))
    return codes[0] ?? null
  }

  async token(userId: string): Promise<string> {
    const claims = new SignJWT({ name: userId }).setProtectedHeader({ alg: 'HS256' }).setSubject(userId)
    const made = claims.setIssuer('colloquy').setAudience('colloquy').setExpirationTime('1h')
    return made.sign(new TextEncoder().encode(SECRET))
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts on
  async json(userId: string, method: string, path: string, body?: object): Promise<any> {
    const headers: Record<string, string> = { authorization: `Bearer ${await this.token(userId)}` }
    if (body) headers['content-type'] = 'application/json'
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }
    const response = await fetch(`${this.url}/api/v1${path}`, init)
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }
}

/** Where the three keep things, and that they find out soon when one of them is gone. */
async function storeSettings(data: string): Promise<Record<string, string>> {
  return { COLLOQUY_REDIS_URL: await storeOf(data), COLLOQUY_LEASE_MS: process.env.LEASE_MS ?? '1500' }
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null
}
