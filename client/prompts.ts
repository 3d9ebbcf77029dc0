import type { PromptAnswer } from '@colloquy/shared/answers'
import type { Api } from './api.ts'
import type { Clock } from './clock.ts'
import { Endings } from './endings.ts'
import { ColloquyError } from './errors.ts'
import { newCommandId } from './http.ts'
import type { Credentials } from './identity.ts'
import { Outbox, type OutboxEntry } from './outbox.ts'
import type { Lanes } from './sync/lanes.ts'
import type { PromptOptions, Storage, SubmittedPrompt } from './types/index.ts'

const NONE: readonly never[] = []

interface PromptsOptions {
  base: string
  session: string
  storage: Storage
  clock: Clock
  random: () => number
  api: Api
  identity: Credentials
  lanes: Lanes
  changed: () => void
  /** The server no longer knows who writes. */
  signedOut: (error: ColloquyError) => void
  /** To be called before somebody hears of an end, who then finds it in the snapshot, too. */
  flush: () => void
}

/** One's own prompts in a session, from writing them to their ends. */
export class Prompts {
  readonly #options: PromptsOptions
  readonly #endings: Endings
  #outbox: Outbox | null = null
  #closed = false

  constructor(options: PromptsOptions) {
    this.#options = options
    this.#endings = new Endings(options.api, options.clock, options.lanes)
    void this.#open().catch(() => {})
  }

  get unsent(): readonly OutboxEntry[] {
    return this.#outbox?.entries ?? NONE
  }

  async submit(text: string, options: PromptOptions): Promise<SubmittedPrompt> {
    const outbox = await this.#open()
    const { session, clock, identity, lanes } = this.#options
    const { id: userId } = await identity.who()
    const seenSeq = lanes.for(options.audience)?.lane?.lastSeq
    const body = { text, ...options, ...(seenSeq === undefined ? {} : { seenSeq }) }
    const commandId = newCommandId()
    return this.#submitted(await outbox.submit({ commandId, userId, session, at: clock.now(), body }))
  }

  async regenerate(messageId: string, options: { model?: string }): Promise<SubmittedPrompt> {
    return this.#submitted(await this.#options.api.regenerate(messageId, options))
  }

  async discard(commandId: string): Promise<boolean> {
    return (await this.#outbox?.discard(commandId)) ?? false
  }

  /** Sends what waits to be sent: the server seems to be back. */
  kick(): void {
    this.#outbox?.kick()
  }

  /** A lane has changed. */
  check(): void {
    this.#endings.check()
  }

  /** A lane is in sync with the server again, or is gone. */
  recheck(): void {
    this.#endings.recheck()
  }

  /** In sync with the server again. */
  live(): void {
    void this.#open().then(
      (outbox) => outbox.kick(),
      () => {},
    )
  }

  /** The session has ended: no end will be known, and writers hear why what is unsent cannot be sent. */
  ended(error: ColloquyError): void {
    this.#endings.close(error)
    this.#outbox?.kick()
  }

  /** What is unsent stays in storage. */
  close(error: ColloquyError): void {
    this.#closed = true
    this.#outbox?.close()
    this.#endings.close(error)
  }

  async #open(): Promise<Outbox> {
    const { base, session, identity, api, changed } = this.#options
    const { id: userId } = await identity.who()
    if (this.#closed) throw new ColloquyError('CLOSED', 'the session was closed')
    if (!this.#outbox) {
      this.#outbox = new Outbox({
        ...this.#options,
        key: `colloquy/outbox/${base}/${session}`,
        userId,
        send: (entry) => api.submit(entry.commandId, entry.body),
        changed,
      })
      this.#outbox.kick()
    }
    return this.#outbox
  }

  #submitted({ promptId, laneId, position }: PromptAnswer): SubmittedPrompt {
    const { api, flush, lanes } = this.#options
    if (!lanes.get(laneId)) lanes.refresh()
    const finished = this.#endings.watch(promptId, laneId).then((end) => {
      flush()
      return end
    })
    finished.catch(() => {})
    return {
      promptId,
      laneId,
      position,
      finished,
      edit: (text) => api.edit(promptId, text),
      withdraw: () => api.withdraw(promptId),
      move: (before) => api.move(promptId, before),
    }
  }
}
