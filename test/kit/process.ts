import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { SignJWT } from 'jose'
import { onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('../../server/colloquy.js', import.meta.url))
const SECRET = 'a secret of these tests, at least 32 characters'

/** The server as its users run it: a process of its own, which can be killed. */
export class ServerProcess {
  readonly url: string
  readonly #env: Record<string, string>
  #child: ChildProcess | null = null

  private constructor(port: number, env: Record<string, string>) {
    this.url = `http://127.0.0.1:${port}`
    this.#env = { ...env, PORT: String(port) }
  }

  static async start(data: string, env: Record<string, string> = {}): Promise<ServerProcess> {
    const settings = { COLLOQUY_DATA: data, COLLOQUY_JWT_SECRET: SECRET, ...env }
    const server = new ServerProcess(await freePort(), settings)
    onTestFinished(() => server.kill())
    await server.start()
    return server
  }

  /** Resolves when the server says that it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN, '--seed=none'], {
      env: { PATH: process.env.PATH, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let output = ''
    await new Promise<void>((resolve, reject) => {
      const heard = (chunk: Buffer) => {
        output += chunk
        if (output.includes('listens on')) resolve()
      }
      child.stdout?.on('data', heard)
      child.stderr?.on('data', heard)
      child.once('exit', (code) => reject(new Error(`server ended with ${code}: ${output}`)))
    })
  }

  /** SIGKILL: nothing in the process gets to run any more. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** SIGTERM; resolves with the exit code. */
  terminate(): Promise<number | null> {
    return this.#end('SIGTERM')
  }

  async token(userId: string): Promise<string> {
    const claims = new SignJWT({ name: userId }).setProtectedHeader({ alg: 'HS256' }).setSubject(userId)
    const made = claims.setIssuer('colloquy').setAudience('colloquy').setExpirationTime('1h')
    return made.sign(new TextEncoder().encode(SECRET))
  }

  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts on
  async json(userId: string, method: string, path: string, body?: object): Promise<any> {
    const headers = {
      authorization: `Bearer ${await this.token(userId)}`,
      'content-type': 'application/json',
    }
    const init = { method, headers, ...(body ? { body: JSON.stringify(body) } : {}) }
    const response = await fetch(`${this.url}/api/v1${path}`, init)
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`)
    return response.json()
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    const child = this.#child
    this.#child = null
    if (!child || child.exitCode !== null) return child?.exitCode ?? null
    const exited = once(child, 'exit')
    child.kill(signal)
    const [code] = await exited
    return code as number | null
  }
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}
