import { sessionEvent } from '@colloquy/shared/events'
import type { Journal, StoredEvent } from '../journal/journal.ts'
import { laneDocName } from './doc-names.ts'
import { fold } from './fold.ts'
import { cellsOf as cellsOfEntry } from './fold-calls.ts'
import { LaneDoc } from './lane-doc.ts'
import { EMPTY, STATE_VERSION, type State } from './state.ts'

const PAGE = 2000

/** A session as the journal holds it. */
export interface StoredSession {
  /** The position that this is the state of. */
  seq: number
  state: State
  /** The texts that the state refers to, by cell. */
  bodies: Map<string, string>
  /** By laneId. */
  docs: Map<string, LaneDoc>
  /** Updates of each doc since the last snapshot. */
  updates: readonly Uint8Array[]
}

/** Reads a session; an unknown one is empty. @throws JournalError, ZodError where it holds what is no event */
export async function readSession(journal: Journal, sessionId: string): Promise<StoredSession> {
  const loaded = await journal.load(sessionId)
  const kept = storedState(loaded.snapshot?.state)
  const events = kept || !loaded.snapshot ? loaded.events : await allEvents(journal, sessionId, loaded.seq)
  const state = events.reduce(
    (before, { event, seq }) => fold(before, sessionEvent.parse(event), seq),
    kept ?? EMPTY,
  )
  const bodies = new Map(await journal.bodies(sessionId, cellsOf(state)))
  const docs = new Map<string, LaneDoc>()
  const since: Uint8Array[] = []
  for (const lane of Object.values(state.lanes)) {
    const name = laneDocName(sessionId, lane)
    const stored = loaded.docs.get(name)
    since.push(...(stored?.updates ?? []))
    const updates = stored ? [...(stored.state ? [stored.state] : []), ...stored.updates] : []
    docs.set(lane.laneId, new LaneDoc(name, updates))
  }
  return { seq: loaded.seq, state, bodies, docs, updates: since }
}

async function allEvents(journal: Journal, sessionId: string, upTo: number): Promise<StoredEvent[]> {
  const all: StoredEvent[] = []
  for (let after = 0; after < upTo; ) {
    const events = await journal.read(sessionId, { after, limit: PAGE })
    all.push(...events)
    after = events.at(-1)?.seq ?? upTo
  }
  return all
}

function storedState(stored: unknown): State | null {
  const { version, state } = (stored ?? {}) as { version?: number; state?: State }
  return version === STATE_VERSION && state ? state : null
}

/** The cells whose texts a state refers to. */
export function cellsOf(state: State): string[] {
  const begun = [...Object.values(state.prompts), ...Object.values(state.turns)]
  return [
    ...Object.values(state.prompts).map(({ cell }) => cell),
    ...begun.flatMap(({ continues }) => (continues ? [continues.cell] : [])),
    ...Object.values(state.lanes).flatMap(({ entries, summaries }) => [
      ...entries.flatMap(cellsOfEntry),
      ...summaries.map(({ cell }) => cell),
    ]),
  ]
}
