import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SessionEvent } from '@colloquy/shared/events'
import { Redis } from 'ioredis'
import { ON_REDIS, storeOf } from '../kit/nodes.ts'

/**
 * The events in the journal of a server that has ended, of each session in order. It reads a copy: what opens
 * the journal itself would tidy up what a crash left there, before the server has to.
 */
export async function eventsIn(data: string): Promise<SessionEvent[]> {
  if (ON_REDIS) return eventsAt(await storeOf(data))
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

/** The same of a store in Redis. */
async function eventsAt(url: string): Promise<SessionEvent[]> {
  const redis = new Redis(url)
  try {
    const streams = await redis.keys('colloquy:*:events')
    const found: SessionEvent[] = []
    for (const stream of streams.sort()) {
      for (const [, [, events = '[]']] of await redis.xrange(stream, '-', '+')) {
        found.push(...(JSON.parse(events) as SessionEvent[]))
      }
    }
    return found
  } finally {
    redis.disconnect()
  }
}
