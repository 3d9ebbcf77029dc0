import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server as NetServer, type Socket } from 'node:net'
import type { Server } from '../../server/start.ts'
import { RedisServer } from './redis.ts'

/** How many servers stand where a test asks for one. */
const NODES = 3

/** True where a suite is to run on Redis with several servers, in place of one on a data folder. */
export const ON_REDIS = process.env.COLLOQUY_TEST_STORE === 'redis'

const stores = new Map<string, Promise<string>>()

/** The URL of the store in Redis that stands for a data folder. */
export function storeOf(data: string): Promise<string> {
  const store = stores.get(data) ?? RedisServer.store()
  stores.set(data, store)
  return store
}

/** Starts the servers and a proxy in front, which gives each connection to the next of them in turn. */
export async function launchNodes(port: number, launchOne: () => Promise<Server>): Promise<Server> {
  const nodes: Server[] = []
  for (let n = 0; n < NODES; n++) nodes.push(await launchOne())
  const [first] = nodes
  if (!first) throw new Error('no server was started')
  const proxy = await Balancer.start(port, () => nodes.map(({ url }) => Number(new URL(url).port)))
  return {
    url: proxy.url,
    sessions: first.sessions,
    identity: first.identity,
    async stop() {
      for (const node of nodes) await node.stop()
      proxy.close()
    },
  }
}

/** A TCP proxy that takes its ports in turn and skips those on which nobody listens. */
export class Balancer {
  readonly url: string
  readonly #server: NetServer
  readonly #ports: () => readonly number[]
  readonly #sockets = new Set<Socket>()
  #next = 0

  private constructor(server: NetServer, ports: () => readonly number[]) {
    this.#server = server
    this.#ports = ports
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on('connection', (socket) => this.#pass(socket, ports().length))
  }

  /** @param port 0: a free one */
  static async start(port: number, ports: () => readonly number[]): Promise<Balancer> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(port, '127.0.0.1')
    await once(server, 'listening')
    return new Balancer(server, ports)
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #pass(client: Socket, tries: number): void {
    const ports = this.#ports()
    const port = ports[this.#next++ % ports.length] ?? 0
    const server = connect({ port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true })
    let open = false
    this.#keep(client)
    this.#keep(server)
    server.once('connect', () => {
      open = true
      client.pipe(server).pipe(client)
    })
    server.on('error', () => {
      if (open) return
      if (tries > 1) this.#pass(client, tries - 1)
      else client.destroy()
    })
    server.on('close', () => {
      if (!open) return
      // What is still on its way here must be read: else the answer is lost with it.
      client.unpipe(server)
      client.end()
      client.resume()
    })
    client.on('error', () => server.destroy())
    client.on('close', () => server.destroy())
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket)
    socket.once('close', () => this.#sockets.delete(socket))
  }
}
