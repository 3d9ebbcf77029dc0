import { eraseAll, localName } from './sync/local.ts'
import type { Storage } from './types.ts'

/**
 * Which doc each of a person's sessions had open last, so that a reopened tab can show its local copy before
 * the server answers, and that signing out finds every copy.
 */
export class LastDocs {
  readonly #storage: Storage
  readonly #url: string

  constructor(storage: Storage, url: string) {
    this.#storage = storage
    this.#url = url
  }

  async get(userId: string, session: string): Promise<string | null> {
    return (await this.#read(userId))[session] ?? null
  }

  async set(userId: string, session: string, doc: string): Promise<void> {
    const docs = await this.#read(userId)
    if (docs[session] !== doc) await this.#write(userId, { ...docs, [session]: doc })
  }

  async forget(userId: string, session: string): Promise<void> {
    const { [session]: _, ...others } = await this.#read(userId)
    await this.#write(userId, others)
  }

  /** Deletes the list and every local copy of this person. */
  async eraseAll(userId: string): Promise<void> {
    const names = Object.values(await this.#read(userId)).map((doc) => localName(doc, userId))
    await this.#storage.delete(this.#key(userId))
    await eraseAll(userId, names)
  }

  #key(userId: string): string {
    return `colloquy/docs/${this.#url}/${userId}`
  }

  async #read(userId: string): Promise<Record<string, string>> {
    try {
      const value: unknown = JSON.parse((await this.#storage.get(this.#key(userId))) ?? '{}')
      return typeof value === 'object' && value !== null ? { ...value } : {}
    } catch {
      return {}
    }
  }

  async #write(userId: string, docs: Record<string, string>): Promise<void> {
    try {
      await this.#storage.set(this.#key(userId), JSON.stringify(docs))
    } catch {
      // Full or forbidden: the next visit waits for the server, no more.
    }
  }
}
