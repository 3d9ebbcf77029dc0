import { ColloquyError } from '@colloquy/shared'
import type { SearchAnswer, SearchHit } from '@colloquy/shared/answers'
import type { Principal } from '../access/principal.ts'
import type { SessionsApi } from './api.ts'
import type { Place } from './search-lanes.ts'

/** What one search finds, looks at and opens at most, before its asker has to go on. */
export const SEARCH_LIMITS = { hits: 30, messages: 2_000, sessions: 20 }

/** Where to go on. */
export interface Cursor {
  /** When a session was last active as the search began: which of them come first follows from it for good. */
  asOf: number
  /** The session that was looked at last, and its rank. */
  sessionId: string
  rank: number
  /** What is left in it; null: nothing. */
  place: Place | null
}

export interface Search {
  words: readonly string[]
  /** Only this one. */
  sessionId?: string | undefined
  from?: Cursor | undefined
  signal: AbortSignal
}

type Found = Omit<SearchAnswer, 'next'> & { next: Cursor | null }
interface Part {
  sessionId: string
  hits: readonly SearchHit[]
}

/**
 * Looks through the person's sessions, last active first. No index: each is read as it is now, and nothing but what the
 * person may read decides what is found, in which order, and how far one search goes.
 * @throws ColloquyError `NOT_FOUND` where the one session is not theirs
 */
export async function searchSessions(
  sessions: Pick<SessionsApi, 'mine' | 'open'>,
  actor: Principal,
  { words, sessionId: only, from, signal }: Search,
  limits = SEARCH_LIMITS,
): Promise<Found> {
  const mine = only === undefined ? await sessions.mine(actor) : []
  const asOf = from?.asOf ?? Math.max(0, ...mine.map(({ activeAt }) => activeAt))
  const all = only === undefined ? ranked(mine, asOf) : [{ id: only, rank: 0 }]
  const parts: Part[] = []
  const left = { ...limits }
  let last = from ?? null
  let notRead = 0
  for (const { id: sessionId, rank } of onFrom(all, last)) {
    if (left.hits <= 0 || left.messages <= 0 || left.sessions <= 0 || signal.aborted) break
    const wanted = { words, signal, hits: left.hits, messages: left.messages }
    const place = last?.sessionId === sessionId ? last.place : null
    last = { asOf, sessionId, rank, place: null }
    left.sessions--
    try {
      const session = await sessions.open(sessionId)
      const found = await session.search(actor, place ? { ...wanted, from: place } : wanted)
      parts.push({ sessionId, hits: found.hits })
      left.hits -= found.hits.length
      left.messages -= found.looked
      last.place = found.next
    } catch (error) {
      if (only !== undefined || !passes(error)) throw error
      if (error.code === 'STORE_UNAVAILABLE') notRead++
    }
  }
  const next = last && onFrom(all, last).length > 0 ? last : null
  return { hits: await stillTold(sessions, actor, parts), next, notRead }
}

interface Ranked {
  id: string
  rank: number
}

/**
 * Last active first, as it was when the search began. One in which something has happened since comes last, by when it
 * was made: so none is missed, while one that was looked at before comes again, with what is new in it.
 */
function ranked(
  mine: readonly { id: string; createdAt: number; activeAt: number }[],
  asOf: number,
): Ranked[] {
  return mine
    .map(({ id, createdAt, activeAt }) => ({ id, rank: activeAt <= asOf ? -activeAt : createdAt }))
    .sort((a, b) => (isAfter(a, b) ? 1 : -1))
}

function isAfter(a: Ranked, b: Ranked): boolean {
  return a.rank === b.rank ? a.id > b.id : a.rank > b.rank
}

/** What is still to be looked at: the rest of the last session first, wherever it may stand by now. */
function onFrom(all: readonly Ranked[], last: Cursor | null): Ranked[] {
  if (!last) return [...all]
  const { sessionId: id, rank, place } = last
  const at = { id, rank }
  const others = all.filter((each) => each.id !== id && isAfter(each, at))
  return place && all.some((each) => each.id === id) ? [at, ...others] : others
}

/** One session that cannot be read, or is no longer theirs, is no reason to tell nothing of the others. */
function passes(error: unknown): error is ColloquyError {
  return error instanceof ColloquyError && ['STORE_UNAVAILABLE', 'NOT_FOUND'].includes(error.code)
}

/** What was found, as far as the person reads it at the end of all: nothing comes between that and the answer. */
async function stillTold(
  sessions: Pick<SessionsApi, 'open'>,
  actor: Principal,
  parts: readonly Part[],
): Promise<SearchHit[]> {
  const withHits = parts.filter(({ hits }) => hits.length > 0)
  const opened = await Promise.all(
    withHits.map(({ sessionId }) => sessions.open(sessionId).catch(() => null)),
  )
  return withHits.flatMap(({ hits }, at) => opened[at]?.stillTold(actor, hits) ?? [])
}
