import { ColloquyError } from '@colloquy/shared'
import { type WorkspaceEvent, workspaceEvent } from '@colloquy/shared/events'
import type { Clock } from '../clock.ts'
import { type Journal, JournalError, type RecordedCommand, type StoredEvent } from '../journal/journal.ts'

/** A person as the workspace last saw them. */
export interface Person {
  userId: string
  name: string
  groups: readonly string[]
  admin: boolean
  /** ms since 1970 when the proof of it was made. */
  issuedAt: number
}

/** The fold of the workspace's stream. */
export interface WorkspaceState {
  readonly name: string
  /** What every turn tells the model about this team. */
  readonly systemText: string
  readonly people: ReadonlyMap<string, Person>
}

/** A person's command, with a hash of its body. */
export interface WorkspaceCommand {
  userId: string
  commandId: string
  hash: string
}

/** What is appended, and what the command answers. */
export interface WorkspaceChange {
  events: readonly WorkspaceEvent[]
  result?: unknown
}

/** The stream of the workspace. Nobody owns it: any process may append, at the position it knows. */
export interface WorkspaceStream {
  readonly state: WorkspaceState
  /**
   * Appends what `decide` makes of the state, and asks it again when another process was faster; null appends
   * nothing. Durable when it resolves. A repeated command appends nothing and gets its first result.
   * @throws ColloquyError `STORE_UNAVAILABLE`, `COMMAND_REUSED`
   */
  change(
    decide: (state: WorkspaceState) => WorkspaceChange | null,
    command?: WorkspaceCommand,
  ): Promise<unknown>
}

export const WORKSPACE_ID = 'default'
export const WORKSPACE_STREAM = `w_${WORKSPACE_ID}`
const FIRST_NAME = 'Colloquy'
/** Appends read at a time when another process was faster. */
const PAGE = 500
/** A conflict means that somebody else got on; losing this often in a row means that something is broken. */
const TRIES = 20

export async function openWorkspaceStream(journal: Journal, clock: Clock): Promise<WorkspaceStream> {
  const people = new Map<string, Person>()
  const state = { name: FIRST_NAME, systemText: '', people }
  let position = 0
  let queue: Promise<unknown> = Promise.resolve()

  function fold(events: readonly StoredEvent[]): void {
    for (const { seq, event } of events) {
      apply(workspaceEvent.parse(event))
      position = seq
    }
  }
  function apply(event: WorkspaceEvent): void {
    if (event.type === 'person.changed') {
      const { userId, name, groups, admin, issuedAt = 0 } = event
      people.set(userId, { userId, name, groups, admin, issuedAt })
      return
    }
    state.name = event.name
    if (event.type === 'workspace.changed') state.systemText = event.systemText
  }
  async function catchUp(): Promise<void> {
    for (;;) {
      const events = await journal.read(WORKSPACE_STREAM, { after: position, limit: PAGE })
      if (events.length === 0) return
      fold(events)
    }
  }

  async function append(change: WorkspaceChange, command: WorkspaceCommand | undefined): Promise<void> {
    const created: WorkspaceEvent[] =
      position === 0
        ? [{ type: 'workspace.created', at: clock.now(), workspaceId: WORKSPACE_ID, name: FIRST_NAME }]
        : []
    const events = [...created, ...change.events]
    position = await journal.append(WORKSPACE_STREAM, {
      expectedSeq: position,
      events: events.map((event) => ({ event })),
      ...(command ? { command: { ...command, result: change.result ?? null } } : {}),
    })
    for (const event of events) apply(event)
  }

  async function carryOut(
    decide: (state: WorkspaceState) => WorkspaceChange | null,
    command: WorkspaceCommand | undefined,
  ): Promise<unknown> {
    for (let left = TRIES; ; left--) {
      const before = command ? await recorded(journal, command) : null
      if (before) {
        // Another process may have carried it out, or this one without hearing that it had.
        await catchUp()
        return before.result
      }
      const change = decide(state)
      if (!change) return null
      try {
        await append(change, command)
        return change.result ?? null
      } catch (error) {
        if (!isRace(error) || left === 0) throw error
        await catchUp()
      }
    }
  }

  fold((await journal.load(WORKSPACE_STREAM)).events)
  return {
    state,
    change(decide, command) {
      // One at a time: two appends of this process would only conflict with each other.
      const done = queue.then(() => carryOut(decide, command))
      queue = done.catch(() => undefined)
      return done.catch((error: unknown) => {
        if (error instanceof ColloquyError) throw error
        throw new ColloquyError('STORE_UNAVAILABLE', 'The store does not answer.', undefined, error)
      })
    },
  }
}

async function recorded(
  journal: Journal,
  { userId, commandId, hash }: WorkspaceCommand,
): Promise<RecordedCommand | null> {
  const known = await journal.command(WORKSPACE_STREAM, userId, commandId)
  if (known && known.hash !== hash) {
    throw new ColloquyError('COMMAND_REUSED', 'This commandId was used with another body before.')
  }
  return known
}

/** Another process appended, perhaps this very command, between our look and our append. */
function isRace(error: unknown): boolean {
  return error instanceof JournalError && (error.code === 'CONFLICT' || error.code === 'COMMAND_REPEATED')
}
