import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { onTestFinished } from 'vitest'
import { eventually } from './eventually.ts'
import { keptPort } from './port.ts'

/** False where there is no `redis-server`, said loudly. In CI that is a failure. */
export function hasRedis(): boolean {
  if (process.env.CI || spawnSync('redis-server', ['--version']).status === 0) return true
  console.warn('\n  SKIPPED: what needs Redis, because there is no redis-server here\n')
  return false
}

/** As OPERATING.md asks for it. */
const SETTINGS = {
  appendonly: 'yes',
  appendfsync: 'always',
  'maxmemory-policy': 'noeviction',
  save: '',
  'repl-diskless-sync-delay': '0',
}

/** Stores of one Redis that a test process may have at once. */
const DATABASES = 1024
/** Ends the server with whoever has started it, however that ends: its standard input is then closed. */
const WITH_PARENT = 'redis-server "$@" & server=$!; cat > /dev/null; kill -9 $server'

/** A real Redis on a free port, with a folder of its own. */
export class RedisServer {
  static #shared: Promise<RedisServer> | undefined
  static #given = 0
  readonly port: number
  readonly #folder: string
  readonly #settings: Record<string, string>
  #child: ChildProcess | null = null

  private constructor(port: number, folder: string, settings: Record<string, string>) {
    this.port = port
    this.#folder = folder
    this.#settings = settings
  }

  /** Goes when the test ends. */
  static async start(settings: Record<string, string> = {}): Promise<RedisServer> {
    const server = await RedisServer.run(settings)
    onTestFinished(() => server.remove())
    return server
  }

  /** One that somebody removes. */
  static async run(settings: Record<string, string> = {}): Promise<RedisServer> {
    const folder = mkdtempSync(join(tmpdir(), 'colloquy-redis-'))
    const server = new RedisServer(await keptPort(), folder, { ...SETTINGS, ...settings })
    await server.restart()
    return server
  }

  /** The URL of an empty store on the one Redis that this process has for all its tests, and that goes with it. */
  static async store(): Promise<string> {
    RedisServer.#shared ??= RedisServer.run({ databases: String(DATABASES) })
    const { url } = await RedisServer.#shared
    const store = `${url}/${RedisServer.#given++ % DATABASES}`
    await commandAt(store, 'FLUSHDB')
    return store
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** Starts it on the data that it had; resolves when it answers. */
  async restart(): Promise<void> {
    const given = Object.entries({ ...this.#settings, port: String(this.port), dir: this.#folder })
    const args = given.flatMap(([name, value]) => [`--${name}`, value])
    const child = spawn('sh', ['-c', WITH_PARENT, 'sh', ...args], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#child = child
    let output = ''
    await new Promise<void>((resolve, reject) => {
      child.stdout?.on('data', (chunk: Buffer) => {
        output += chunk
        if (output.includes('Ready to accept connections')) resolve()
      })
      child.once('error', reject)
      child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}: ${output}`)))
    })
  }

  /** SIGKILL, as a power cut would end it, but for what the system still writes. */
  async kill(): Promise<void> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    child.stdin?.end()
    await once(child, 'exit')
  }

  /** A second server that follows this one, and has all that it has when this resolves. Goes when the test ends. */
  async replica(settings: Record<string, string> = {}): Promise<RedisServer> {
    const replica = await RedisServer.start({ ...settings, replicaof: `127.0.0.1 ${this.port}` })
    await eventually(async () =>
      String(await replica.command('INFO', 'replication')).includes('link_status:up'),
    )
    return replica
  }

  /** Carries out one command, as whoever runs the store may. */
  command(name: string, ...args: (string | number)[]): Promise<unknown> {
    return commandAt(this.url, name, ...args)
  }

  async remove(): Promise<void> {
    await this.kill()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}

async function commandAt(url: string, name: string, ...args: (string | number)[]): Promise<unknown> {
  const redis = new Redis(url, { maxRetriesPerRequest: 1 })
  try {
    return await redis.call(name, ...args)
  } finally {
    redis.disconnect()
  }
}
