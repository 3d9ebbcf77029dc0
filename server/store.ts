import { ownSecret } from './access/own-secret.ts'
import { createTickets, type Tickets } from './access/tickets.ts'
import type { Clock } from './clock.ts'
import type { Journal } from './journal/journal.ts'
import { openSqliteJournal } from './journal/sqlite-journal.ts'
import type { Log } from './log.ts'
import { openNodes } from './nodes/open-nodes.ts'
import type { Peers, Question } from './session/peers.ts'
import type { Settings } from './settings.ts'
import type { Relays } from './sync/relay.ts'

/** What a server keeps things in. */
export interface Store {
  journal: Journal
  tickets: Tickets
  /** Signs what the server issues itself. */
  secret: Uint8Array
  /** The other servers that share the store, where there can be some. */
  peers?: Peers
  relays?: Relays
  /** False while it cannot be reached. */
  reachable(): boolean
  /** Has questions from other servers answered. */
  serve(answer: (question: Question) => Promise<unknown>): void
  close(): Promise<void>
}

export interface StoreParts {
  clock: Clock
  log: Log
  /** Called when nothing can be stored any more. */
  died?: (() => void) | undefined
}

/**
 * Opens the store that the settings name: Redis, which servers share, or the data folder, which one server has.
 * @throws JournalError `DATA_IN_USE`, `UNAVAILABLE`
 */
export async function openStore(settings: Settings, { clock, log, died }: StoreParts): Promise<Store> {
  const { redisUrl, redisFsync, redisReplicas, leaseMs } = settings
  if (redisUrl !== undefined) {
    return openNodes({ url: redisUrl, fsync: redisFsync, replicas: redisReplicas, leaseMs, clock, log })
  }
  const secret = await ownSecret(settings.data)
  const journal = await openSqliteJournal({ folder: settings.data, ...(died ? { died } : {}) })
  const tickets = createTickets({ clock })
  return { journal, secret, tickets, reachable: () => true, serve() {}, close: () => journal.close() }
}
