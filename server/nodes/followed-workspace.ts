import { ColloquyError } from '@colloquy/shared'
import { WORKSPACE_STREAM, type WorkspaceStream } from '../access/workspace-stream.ts'
import { JournalError } from '../journal/journal.ts'
import type { Log } from '../log.ts'
import { type Ground, Lease, moment } from '../session/lease.ts'
import type { Peers } from '../session/peers.ts'

const AGAIN_MS = 200
/** How long somebody waits until it is held, in ms: a server that stood still knows it again within that. */
const PATIENCE_MS = 5_000

export interface FollowedWorkspaceOptions {
  log: Log
  /** Called when what this process knows cannot be made good again. */
  died?: (() => void) | undefined
}

/**
 * What this process knows of people, groups and policy, whichever server changes it. Held for a lease, which is lengthened
 * by taking over all there is: without it the process serves nobody, because the others wait for it no longer.
 */
export class FollowedWorkspace implements Ground {
  readonly #stream: WorkspaceStream
  readonly #peers: Peers
  readonly #options: FollowedWorkspaceOptions
  readonly #standing = new Set<(error: unknown) => void>()
  readonly #waiting = new Set<() => void>()
  #lease: Lease | null = null
  #stopped = false
  #said = ''
  #stopWatching = () => {}

  constructor(stream: WorkspaceStream, peers: Peers, options: FollowedWorkspaceOptions) {
    this.#stream = stream
    this.#peers = peers
    this.#options = options
  }

  get held(): boolean {
    return this.#lease?.held ?? false
  }

  onLapse(tell: (error: unknown) => void): () => void {
    this.#standing.add(tell)
    return () => void this.#standing.delete(tell)
  }

  /** Resolves once it is held. @throws ColloquyError `STORE_UNAVAILABLE` when that takes too long */
  async settled(): Promise<void> {
    try {
      // Whoever stood still for a while finds out with the first who asks.
      this.#lease?.check()
    } catch {
      await this.#heldAgain()
    }
  }

  /** @throws ColloquyError, JournalError when the store cannot be read */
  async start(): Promise<void> {
    await this.#begin()
    const { feed, onLoss } = this.#peers
    onLoss(() => this.#compare())
    this.#stopWatching = feed.watch(WORKSPACE_STREAM, () => {
      this.#stream.current().catch(this.#failed)
    })
  }

  stop(): void {
    this.#stopped = true
    this.#lease?.end()
    this.#stopWatching()
  }

  async #begin(): Promise<void> {
    const { readLeases, clock } = this.#peers
    const since = moment()
    const renew = () => this.#takeOver()
    await renew()
    if (this.#stopped) return
    this.#lease = new Lease(
      { ms: readLeases.ms, clock, renew, lapsed: (error) => this.#lapsed(error) },
      since,
    )
    this.#said = ''
    for (const resolve of this.#waiting) resolve()
  }

  /** Whoever has not taken over what there is gives no sign of serving by it; nor may anything come in between. */
  async #takeOver(): Promise<void> {
    try {
      await this.#stream.current()
      const { position } = await this.#peers.readLeases.register(WORKSPACE_STREAM)
      if (position > this.#stream.position) await this.#stream.current()
    } catch (error) {
      this.#failed(error)
      throw error
    }
  }

  #lapsed(error: unknown): void {
    this.#options.log.error(
      {},
      'what this server knows of the workspace may be old: it serves nobody until that is over',
    )
    for (const tell of [...this.#standing]) tell(error)
    this.#again()
  }

  #again(): void {
    if (this.#stopped) return
    this.#begin().then(
      () => this.held && this.#options.log.info({}, 'this server knows the workspace again'),
      () => this.#peers.clock.after(AGAIN_MS, () => this.#again()),
    )
  }

  #heldAgain(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const late = new ColloquyError('STORE_UNAVAILABLE', 'The store does not answer; try again.')
    const stop = this.#peers.clock.after(PATIENCE_MS, () => reject(late))
    this.#waiting.add(resolve)
    return promise.finally(() => {
      stop()
      this.#waiting.delete(resolve)
    })
  }

  /** What was taken over from the store cannot be given up again: whoever supervises the process starts it anew. */
  #compare(): void {
    const { feed, clock } = this.#peers
    feed.head(WORKSPACE_STREAM).then(
      ({ position }) => {
        if (position >= this.#stream.position) return
        this.#options.log.error(
          {},
          'the store has lost what this server knows of the workspace: it must be started again',
        )
        this.#options.died?.()
      },
      (error: unknown) => {
        this.#failed(error)
        if (!this.#stopped) clock.after(AGAIN_MS, () => this.#compare())
      },
    )
  }

  readonly #failed = (error: unknown) => {
    // That the store does not answer is said where it is noticed first; anything else once, not at each try.
    if (error instanceof ColloquyError || error instanceof JournalError) return
    const said = String(error)
    if (said === this.#said) return
    this.#said = said
    this.#options.log.error({ err: error }, 'what has changed in the workspace could not be taken over')
  }
}
