import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SessionEvent } from '@colloquy/shared/events'

/**
 * The events in the journal of a server that has ended, of each session in order. It reads a copy: what opens
 * the journal itself would tidy up what a crash left there, before the server has to.
 */
export async function eventsIn(data: string): Promise<SessionEvent[]> {
  const copy = await mkdtemp(join(tmpdir(), 'colloquy-copy-'))
  try {
    // With its write-ahead log; the folder holds more, such as a socket.
    for (const file of await readdir(data)) {
      if (file.startsWith('journal.db')) await copyFile(join(data, file), join(copy, file))
    }
    const db = new DatabaseSync(join(copy, 'journal.db'))
    // A server that died young has left no tables.
    const made = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'events'").get()
    const rows = made ? db.prepare('SELECT event FROM events ORDER BY stream, seq, n').all() : []
    db.close()
    return rows.map(({ event }) => JSON.parse(String(event)) as SessionEvent)
  } finally {
    await rm(copy, { recursive: true })
  }
}

/** The steps that stand committed, as `<promptId> <step>`. */
export function committedSteps(events: readonly SessionEvent[]): Set<string> {
  const prompts = new Map<string, string>()
  const committed = new Set<string>()
  for (const event of events) {
    if (event.type === 'turn.claimed') prompts.set(event.turnId, event.promptId)
    if (event.type === 'step.committed') committed.add(`${prompts.get(event.turnId)} ${event.step}`)
  }
  return committed
}
