import type { PromptAnswer } from '@colloquy/shared/answers'
import type { PromptBody } from './api.ts'
import type { Clock } from './clock.ts'
import { ColloquyError, isSignedOut, isTransient } from './errors.ts'
import { backoff } from './sync/policy.ts'
import type { Storage } from './types/index.ts'

/** A prompt that the server has not acknowledged, as it lies in storage. */
export interface OutboxEntry {
  /** Sent with every attempt: the server acts once for each. */
  commandId: string
  /** Who wrote it: it is sent as this person or not at all. */
  userId: string
  session: string
  at: number
  body: PromptBody
  /** The code of a refusal that nobody was there to hear. */
  refused?: string
}

interface Waiter {
  resolve(answer: PromptAnswer): void
  reject(error: unknown): void
}

interface OutboxOptions {
  storage: Storage
  /** Where this session's entries lie; they may be of several people. */
  key: string
  userId: string
  send: (entry: OutboxEntry) => Promise<PromptAnswer>
  changed: () => void
  /** What waits cannot be sent before its author has signed in again. */
  signedOut: (error: ColloquyError) => void
  clock: Clock
  random: () => number
}

/**
 * One person's prompts on their way to the server: kept until acknowledged, sent one after the other in the
 * order in which they were written, and again with the same commandId until there is an answer.
 */
export class Outbox {
  readonly #options: OutboxOptions
  readonly #waiters = new Map<string, Waiter>()
  #entries: readonly OutboxEntry[] = []
  #sending: string | null = null
  /** Asks whether the one that is being sent was dropped, when it no longer is. */
  #unwanted: PromiseWithResolvers<boolean> | null = null
  #attempt = 0
  #stopTimer: (() => void) | null = null
  #closed = false
  /** Storage may be asynchronous: reads and writes of the shared list follow one another. */
  #storing: Promise<void>

  constructor(options: OutboxOptions) {
    this.#options = options
    this.#storing = this.#load()
  }

  /** This person's entries, in the order in which they will be sent. A new array after every change. */
  get entries(): readonly OutboxEntry[] {
    return this.#entries
  }

  /** Resolves when the server has acknowledged the prompt; rejects when it refused it. */
  async submit(entry: OutboxEntry): Promise<PromptAnswer> {
    if (this.#closed) throw new ColloquyError('CLOSED', 'the session was closed')
    const acknowledged = new Promise<PromptAnswer>((resolve, reject) => {
      this.#waiters.set(entry.commandId, { resolve, reject })
    })
    // Closed while it is being stored: this rejects before anybody listens.
    acknowledged.catch(() => {})
    this.#set([...this.#entries, entry])
    await this.#store((stored) => [...stored, entry])
    this.kick()
    return acknowledged
  }

  /** One that is on its way right now is dropped if that attempt fails. @returns whether it was dropped */
  async discard(commandId: string): Promise<boolean> {
    if (this.#sending === commandId) {
      this.#unwanted ??= Promise.withResolvers<boolean>()
      return this.#unwanted.promise
    }
    const here = this.#entries.some((entry) => entry.commandId === commandId)
    await this.#drop(commandId)
    return here
  }

  /** Tries now: after a new prompt, or when the server seems to be back. */
  kick(): void {
    this.#stopTimer?.()
    this.#stopTimer = null
    if (!this.#closed && this.#sending === null) void this.#drain()
  }

  /** Stops sending. What is unsent stays in storage. */
  close(): void {
    this.#closed = true
    this.#stopTimer?.()
    for (const waiter of this.#waiters.values()) {
      waiter.reject(
        new ColloquyError('CLOSED', 'the session was closed; the prompt is kept', {
          details: { kept: true },
        }),
      )
    }
    this.#unwanted?.resolve(false)
    this.#waiters.clear()
  }

  async #drain(): Promise<void> {
    await this.#storing
    for (let entry = this.#next(); entry; entry = this.#next()) {
      this.#sending = entry.commandId
      try {
        const answer = await this.#options.send(entry)
        this.#attempt = 0
        const waiter = this.#waiters.get(entry.commandId)
        await this.#remove(entry.commandId)
        waiter?.resolve(answer)
      } catch (error) {
        if (this.#closed) return
        if (this.#unwanted) await this.#dropUnwanted(entry.commandId)
        else if (!this.#mustWait(entry, error)) await this.#refuse(entry, error)
        else {
          this.#later(error)
          return
        }
      } finally {
        this.#sending = null
        this.#unwanted?.resolve(false)
        this.#unwanted = null
      }
    }
  }

  #next(): OutboxEntry | undefined {
    if (this.#closed || this.#sending !== null) return undefined
    return this.#entries.find((entry) => entry.refused === undefined)
  }

  #mustWait(entry: OutboxEntry, error: unknown): boolean {
    if (isTransient(error) || isSignedOut(error)) return true
    // Its author is told that the queue is full and still has the text; after a reload nobody does.
    const full = error instanceof ColloquyError && error.code === 'QUEUE_FULL'
    return full && !this.#waiters.has(entry.commandId)
  }

  #later(error: unknown): void {
    // Asking `auth` again and again would not help: the person has to sign in.
    if (isSignedOut(error)) {
      this.#options.signedOut(error)
      return
    }
    const asked = error instanceof ColloquyError ? (error.retryAfter ?? 0) : 0
    const wait = Math.max(asked, backoff(this.#attempt++, this.#options.random))
    this.#stopTimer = this.#options.clock.after(wait, () => this.kick())
  }

  /** Nothing is lost in silence: a refusal that no caller hears stays in the list until discarded. */
  async #refuse(entry: OutboxEntry, error: unknown): Promise<void> {
    const waiter = this.#waiters.get(entry.commandId)
    if (waiter) {
      await this.#remove(entry.commandId)
      waiter.reject(error)
      return
    }
    const refused = error instanceof ColloquyError ? error.code : 'UNEXPECTED'
    const mark = (list: readonly OutboxEntry[]) =>
      list.map((each) => (each.commandId === entry.commandId ? { ...each, refused } : each))
    this.#set(mark(this.#entries))
    await this.#store(mark)
  }

  async #dropUnwanted(commandId: string): Promise<void> {
    const { resolve } = this.#unwanted ?? {}
    await this.#drop(commandId)
    resolve?.(true)
  }

  async #drop(commandId: string): Promise<void> {
    this.#waiters.get(commandId)?.reject(new ColloquyError('DISCARDED', 'the prompt was discarded'))
    await this.#remove(commandId)
  }

  async #remove(commandId: string): Promise<void> {
    this.#waiters.delete(commandId)
    const others = (list: readonly OutboxEntry[]) => list.filter((entry) => entry.commandId !== commandId)
    this.#set(others(this.#entries))
    await this.#store(others)
  }

  #set(entries: readonly OutboxEntry[]): void {
    this.#entries = entries
    this.#options.changed()
  }

  async #load(): Promise<void> {
    const stored = await this.#read()
    const mine = stored.filter((entry) => entry.userId === this.#options.userId)
    if (mine.length > 0) this.#set([...mine, ...this.#entries])
  }

  /** Changes the stored list: it is read again each time because other tabs and people write it too. */
  #store(change: (stored: readonly OutboxEntry[]) => readonly OutboxEntry[]): Promise<void> {
    const { storage, key } = this.#options
    this.#storing = this.#storing.then(async () => {
      const next = change(await this.#read())
      try {
        await (next.length === 0 ? storage.delete(key) : storage.set(key, JSON.stringify(next)))
      } catch {
        // Full or forbidden: the prompt is still sent from memory, it only does not survive a reload.
      }
    })
    return this.#storing
  }

  async #read(): Promise<readonly OutboxEntry[]> {
    try {
      const value: unknown = JSON.parse((await this.#options.storage.get(this.#options.key)) ?? '[]')
      return Array.isArray(value) ? value.filter(isEntry) : []
    } catch {
      return []
    }
  }
}

function isEntry(value: unknown): value is OutboxEntry {
  if (typeof value !== 'object' || value === null) return false
  const entry = value as Partial<OutboxEntry>
  return (
    typeof entry.commandId === 'string' &&
    typeof entry.userId === 'string' &&
    typeof entry.body === 'object' &&
    entry.body !== null &&
    typeof entry.body.text === 'string'
  )
}
