import type { SessionEvent } from '@colloquy/shared/events'
import type { Append, Journal } from '../../server/journal/journal.ts'
import type { Rooms } from '../../server/sync/port.ts'

/** The appending half of a journal, kept in memory: for tests of what is above it. */
export function recordingJournal() {
  const events: { seq: number; event: SessionEvent }[] = []
  const updates: { doc: string; update: Uint8Array }[] = []
  const appends: Append[] = []
  let seq = 0
  const append: Journal['append'] = async (_stream, batch) => {
    if (batch.expectedSeq !== seq) throw new Error(`append ${batch.expectedSeq} at ${seq}`)
    seq++
    appends.push(batch)
    for (const { event } of batch.events) events.push({ seq, event: event as SessionEvent })
    updates.push(...(batch.updates ?? []))
    return seq
  }
  const updatesOf = (doc: string) => updates.filter((each) => each.doc === doc).map((each) => each.update)
  return { port: { append } as Journal, appends, events, updatesOf }
}

/** Rooms that hand what is published to one listener. */
export function recordingRooms(published: (doc: string, update: Uint8Array) => void): Rooms {
  const nothing = () => undefined
  return {
    publish: published,
    retire: nothing,
    revoke: nothing,
    rollBoards: nothing,
    rebuilt: (board: Uint8Array) => board,
    ring: nothing,
    recheck: nothing,
    suspend: nothing,
    resume: nothing,
    here: () => [],
    connections: () => 0,
  }
}
