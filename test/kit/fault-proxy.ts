import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net'

/** What happens to bytes that go one way; may be changed while connections are open. */
export interface Direction {
  /** ms that each piece takes longer. */
  delay: number
  /** Nothing gets through and nobody is told: the far end has gone silent. */
  silent: boolean
  /** Every connection is cut when this many more bytes have gone this way; null: never. */
  cutAfter: number | null
}

/** A TCP proxy whose network can be made bad at run time. */
export class FaultProxy {
  readonly toServer: Direction = { delay: 0, silent: false, cutAfter: null }
  readonly toClient: Direction = { delay: 0, silent: false, cutAfter: null }
  /** False: new connections are reset at once. */
  open = true
  /** Connections that were accepted. */
  accepted = 0
  #target: { host: string; port: number }
  readonly #server: Server
  readonly #pairs = new Set<Pair>()

  private constructor(target: URL) {
    this.#target = { host: target.hostname, port: Number(target.port) }
    this.#server = createServer({ allowHalfOpen: true }, (client) => this.#accept(client))
  }

  /** @param target such as `http://127.0.0.1:4455` */
  static async start(target: string): Promise<FaultProxy> {
    const proxy = new FaultProxy(new URL(target))
    proxy.#server.listen(0, '127.0.0.1')
    await once(proxy.#server, 'listening')
    return proxy
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** New connections go there from now on. */
  leadTo(target: string): void {
    const { hostname: host, port } = new URL(target)
    this.#target = { host, port: Number(port) }
  }

  /** Open connections. */
  get connections(): number {
    return this.#pairs.size
  }

  /** Half open: connections are accepted and kept, and nothing gets through either way. */
  silence(): void {
    this.toServer.silent = true
    this.toClient.silent = true
  }

  /** As at first. What was held back gets through now. */
  heal(): void {
    this.open = true
    for (const direction of [this.toServer, this.toClient]) {
      Object.assign(direction, { delay: 0, silent: false, cutAfter: null })
    }
    for (const pair of this.#pairs) pair.resume()
  }

  /** Ends every connection in good order for TCP (FIN), wherever in an answer it is. */
  cut(): void {
    for (const pair of this.#pairs) pair.cut()
  }

  /** Resets every connection (RST). */
  reset(): void {
    for (const pair of this.#pairs) pair.reset()
  }

  async close(): Promise<void> {
    this.reset()
    await new Promise((resolve) => this.#server.close(resolve))
  }

  #accept(client: Socket): void {
    client.on('error', () => undefined)
    this.accepted++
    if (!this.open) {
      client.resetAndDestroy()
      return
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true })
    client.setNoDelay(true)
    const pair = new Pair(client, server, this, () => this.#pairs.delete(pair))
    this.#pairs.add(pair)
  }
}

/** One connection through the proxy. */
class Pair {
  readonly #sockets: readonly [Socket, Socket]
  readonly #lines: readonly Line[]
  readonly #gone: () => void

  constructor(client: Socket, server: Socket, proxy: FaultProxy, gone: () => void) {
    this.#sockets = [client, server]
    this.#gone = gone
    const cut = () => this.cut()
    this.#lines = [
      new Line(client, server, proxy.toServer, cut),
      new Line(server, client, proxy.toClient, cut),
    ]
    for (const socket of this.#sockets) {
      socket.on('error', () => this.reset())
      socket.on('close', () => {
        if (this.#sockets.every(({ destroyed }) => destroyed)) gone()
      })
    }
  }

  resume(): void {
    for (const line of this.#lines) line.pump()
  }

  cut(): void {
    for (const socket of this.#sockets) socket.end(() => socket.destroy())
    this.#gone()
  }

  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy()
    this.#gone()
  }
}

/** Pieces held back before the sender is no longer read from, as in a network whose buffers are full. */
const MAX_HELD = 64

/** One way of a connection: pieces leave in the order they came, each when it is due. */
class Line {
  readonly #from: Socket
  readonly #to: Socket
  readonly #rules: Direction
  readonly #cut: () => void
  readonly #held: { due: number; bytes: Buffer | null }[] = []
  #timer: NodeJS.Timeout | undefined

  constructor(from: Socket, to: Socket, rules: Direction, cut: () => void) {
    this.#from = from
    this.#to = to
    this.#rules = rules
    this.#cut = cut
    from.on('data', (bytes) => this.#take(bytes))
    from.on('end', () => this.#take(null))
    to.on('close', () => clearTimeout(this.#timer))
  }

  /** Lets out what is due. */
  pump(): void {
    clearTimeout(this.#timer)
    while (!this.#rules.silent) {
      const [next] = this.#held
      if (!next) break
      const wait = next.due - Date.now()
      if (wait > 0) {
        this.#timer = setTimeout(() => this.pump(), wait)
        break
      }
      this.#held.shift()
      this.#send(next.bytes)
    }
    if (this.#held.length < MAX_HELD) this.#from.resume()
  }

  /** null: the sender says no more. */
  #take(bytes: Buffer | null): void {
    this.#held.push({ due: Date.now() + this.#rules.delay, bytes })
    if (this.#held.length >= MAX_HELD) this.#from.pause()
    this.pump()
  }

  #send(bytes: Buffer | null): void {
    if (this.#to.destroyed) return
    if (bytes === null) {
      this.#to.end()
      return
    }
    const left = this.#rules.cutAfter
    if (left === null || bytes.length < left) {
      this.#to.write(bytes)
      if (left !== null) this.#rules.cutAfter = left - bytes.length
      return
    }
    this.#to.write(bytes.subarray(0, left))
    this.#rules.cutAfter = null
    this.#cut()
  }
}
