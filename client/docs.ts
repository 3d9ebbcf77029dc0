import { eraseAll, localName } from './sync/local.ts'
import type { InLane, Storage } from './types/index.ts'

/** A lane of which this browser has a copy. */
export interface KeptLane extends InLane {
  doc: string
}

/**
 * Which docs each of a person's sessions had open last, so that a reopened tab can show its local copies before
 * the server answers, and that signing out finds every copy.
 */
export class LastDocs {
  readonly #storage: Storage
  readonly #url: string

  constructor(storage: Storage, url: string) {
    this.#storage = storage
    this.#url = url
  }

  async get(userId: string, session: string): Promise<readonly KeptLane[]> {
    return (await this.#read(userId))[session] ?? []
  }

  async set(userId: string, session: string, lanes: readonly KeptLane[]): Promise<void> {
    const kept = await this.#read(userId)
    const same = JSON.stringify(kept[session]) === JSON.stringify(lanes)
    if (!same) await this.#write(userId, { ...kept, [session]: lanes })
  }

  async forget(userId: string, session: string): Promise<void> {
    const { [session]: _, ...others } = await this.#read(userId)
    await this.#write(userId, others)
  }

  /** Deletes the list and every local copy of this person. */
  async eraseAll(userId: string): Promise<void> {
    const kept = Object.values(await this.#read(userId)).flat()
    await this.#storage.delete(this.#key(userId))
    const names = kept.map(({ doc }) => localName(doc, userId))
    await eraseAll(userId, names)
  }

  #key(userId: string): string {
    return `colloquy/docs/${this.#url}/${userId}`
  }

  async #read(userId: string): Promise<Record<string, readonly KeptLane[]>> {
    try {
      const value: unknown = JSON.parse((await this.#storage.get(this.#key(userId))) ?? '{}')
      if (typeof value !== 'object' || value === null) return {}
      return Object.fromEntries(
        Object.entries(value).map(([id, lanes]) => [id, Array.isArray(lanes) ? lanes.filter(isKept) : []]),
      )
    } catch {
      return {}
    }
  }

  async #write(userId: string, docs: Record<string, readonly KeptLane[]>): Promise<void> {
    try {
      await this.#storage.set(this.#key(userId), JSON.stringify(docs))
    } catch {
      // Full or forbidden: the next visit waits for the server, no more.
    }
  }
}

function isKept(value: unknown): value is KeptLane {
  if (typeof value !== 'object' || value === null) return false
  const { laneId, audience, doc } = value as Partial<Record<keyof KeptLane, unknown>>
  const known = audience === 'everyone' || Array.isArray(audience)
  return typeof laneId === 'string' && typeof doc === 'string' && known
}
