/** Of each lane, by `laneId`, the highest `seq` that somebody has seen. */
export type Seen = Readonly<Record<string, number>>

/** Characters of what is kept for one person: the sessions that were looked at last. */
const MOST_KEPT = 60_000

type Kept = Map<string, Seen>

/**
 * What one person has seen of their sessions, in this browser. Several tabs add to it: nothing that one has seen is
 * unseen by another.
 */
export class SeenStore {
  readonly #storage: Pick<Storage, 'getItem' | 'setItem'>
  readonly #key: string
  readonly #subscribers = new Set<() => void>()
  /** By sessionId, the one that was looked at last at the end. */
  #kept: Kept = new Map()
  #version = 0
  /** What storage had when it was last read. */
  #stored: string | null = null

  constructor(storage: Pick<Storage, 'getItem' | 'setItem'>, userId: string) {
    this.#storage = storage
    this.#key = `colloquy/seen/${encodeURIComponent(userId)}`
    this.#read()
  }

  /** The same object until something is added; null: the session was never looked at here. */
  of(sessionId: string): Seen | null {
    return this.#kept.get(sessionId) ?? null
  }

  see(sessionId: string, seen: Seen): void {
    if (adds(seen, this.of(sessionId))) {
      this.#read()
      this.#add(sessionId, seen)
      this.#write()
      this.#tell()
    }
  }

  /** Another tab may have written. */
  readAgain(): void {
    if (this.#read()) this.#tell()
  }

  /** Another number after every change. */
  readonly version = (): number => this.#version

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#subscribers.add(fn)
    return () => {
      this.#subscribers.delete(fn)
    }
  }

  #add(sessionId: string, seen: Seen): void {
    const before = this.of(sessionId)
    this.#kept.delete(sessionId)
    this.#kept.set(sessionId, before ? most(before, seen) : { ...seen })
  }

  /** @returns whether that brought something new */
  #read(): boolean {
    let text: string | null = null
    try {
      text = this.#storage.getItem(this.#key)
    } catch {
      // What was seen on this page is known all the same.
    }
    if (text === this.#stored) return false
    this.#stored = text
    let news = false
    for (const [sessionId, seen] of parse(text)) {
      const before = this.of(sessionId)
      if (!adds(seen, before)) continue
      this.#kept.set(sessionId, before ? most(before, seen) : seen)
      news = true
    }
    return news
  }

  #write(): void {
    let text = JSON.stringify([...this.#kept])
    for (const oldest of this.#kept.keys()) {
      if (text.length <= MOST_KEPT || this.#kept.size === 1) break
      this.#kept.delete(oldest)
      text = JSON.stringify([...this.#kept])
    }
    try {
      this.#storage.setItem(this.#key, text)
      this.#stored = text
    } catch {
      // Full or forbidden: it is known as long as the page is there.
    }
  }

  #tell(): void {
    this.#version++
    for (const fn of [...this.#subscribers]) fn()
  }
}

function adds(seen: Seen, to: Seen | null): boolean {
  return to === null || Object.entries(seen).some(([laneId, seq]) => seq > (to[laneId] ?? 0))
}

function most(one: Seen, other: Seen): Seen {
  const all: Record<string, number> = { ...one }
  for (const [laneId, seq] of Object.entries(other)) all[laneId] = Math.max(seq, all[laneId] ?? 0)
  return all
}

/** What storage has, as far as it is what was written there. */
function parse(text: string | null): Kept {
  try {
    const found: unknown = JSON.parse(text ?? '[]')
    return new Map(Array.isArray(found) ? found.filter(isEntry) : [])
  } catch {
    return new Map()
  }
}

function isEntry(value: unknown): value is [string, Seen] {
  if (!Array.isArray(value) || typeof value[0] !== 'string') return false
  const seen: unknown = value[1]
  return typeof seen === 'object' && seen !== null && Object.values(seen).every(Number.isSafeInteger)
}
