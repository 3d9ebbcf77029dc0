import type { Session, Storage } from '../types/index.ts'

/** One's draft on the board of a lane. */
export interface KeptShare {
  draftId: string
  text: string
  /** The text as the board had it when it was last connected: what differs from it is still to get there. */
  base: string
}

/** A draft as it lies in storage. */
export interface KeptDraft {
  /** What is only here. */
  text: string
  /** What stands on boards, by lane. */
  shared: ReadonlyMap<string, KeptShare>
}

/** Keeps a draft in storage, for one person in one session: found again after a reload. */
export class Keeper {
  readonly #session: Session
  readonly #storage: Storage
  readonly #name: string
  /** Where it lies; null until it is known who this is. */
  #key: string | null = null
  #loaded = false
  #latest: string | null = null
  /** What storage holds. */
  #stored: string | null = null
  #writing: Promise<void> = Promise.resolve()

  constructor(session: Session, storage: Storage, name: string) {
    this.#session = session
    this.#storage = storage
    this.#name = name
  }

  /** `found` gets what was kept, once it is known who this is. */
  start(found: (kept: KeptDraft) => void): void {
    const { me } = this.#session.snapshot()
    if (me) {
      this.#read(me.id, found)
      return
    }
    const stop = this.#session.subscribe((snapshot) => {
      if (!snapshot.me) return
      stop()
      this.#read(snapshot.me.id, found)
    })
  }

  keep(draft: KeptDraft): void {
    const { text, shared } = draft
    this.#latest = text === '' && shared.size === 0 ? null : JSON.stringify({ text, shared: [...shared] })
    this.#write()
  }

  #read(userId: string, found: (kept: KeptDraft) => void): void {
    this.#key = `colloquy/draft/${this.#session.id}/${encodeURIComponent(userId)}/${this.#name}`
    const value = this.#storage.get(this.#key)
    // At once where storage answers at once: the first thing to be drawn then holds it.
    if (typeof value !== 'object' || value === null) this.#load(value, found)
    else {
      value.then(
        (later) => this.#load(later, found),
        () => this.#load(null, found),
      )
    }
  }

  #load(value: string | null, found: (kept: KeptDraft) => void): void {
    this.#stored = value
    this.#loaded = true
    const kept = parse(value)
    if (kept) found(kept)
    this.#write()
  }

  /** Not before it was read: nothing that was kept is written over unseen. */
  #write(): void {
    const key = this.#key
    const value = this.#latest
    if (!this.#loaded || key === null || value === this.#stored) return
    this.#stored = value
    this.#writing = this.#writing.then(async () => {
      try {
        await (value === null ? this.#storage.delete(key) : this.#storage.set(key, value))
      } catch {
        // Full or forbidden: the draft lives as long as the page.
      }
    })
  }
}

function parse(value: string | null): KeptDraft | null {
  try {
    const kept: unknown = JSON.parse(value ?? 'null')
    if (typeof kept !== 'object' || kept === null) return null
    const { text, shared } = kept as Partial<Record<keyof KeptDraft, unknown>>
    if (typeof text !== 'string') return null
    return { text, shared: new Map(Array.isArray(shared) ? shared.filter(isShare) : []) }
  } catch {
    return null
  }
}

function isShare(entry: unknown): entry is [string, KeptShare] {
  const [laneId, share] = Array.isArray(entry) ? entry : []
  return [laneId, share?.draftId, share?.text, share?.base].every((each) => typeof each === 'string')
}
