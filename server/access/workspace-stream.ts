import { ColloquyError } from '@colloquy/shared'
import { type WorkspaceEvent, workspaceEvent } from '@colloquy/shared/workspace-events'
import type { Clock } from '../clock.ts'
import { type Journal, JournalError, type NewEvent, type RecordedCommand } from '../journal/journal.ts'
import { createWorkspaceFold, type WorkspaceState } from './workspace-state.ts'

/** A person's command, with a hash of its body. */
export interface WorkspaceCommand {
  userId: string
  commandId: string
  hash: string
}

/** What is appended, and what the command answers. */
export interface WorkspaceChange {
  events: readonly WorkspaceEvent[]
  /** The texts of the cells that the events name. */
  bodies?: ReadonlyMap<string, string>
  /** Cells whose texts are destroyed in the same write. */
  erase?: readonly string[]
  result?: unknown
}

/** The stream of the workspace. Nobody owns it: any process may append, at the position it knows. */
export interface WorkspaceStream {
  readonly state: WorkspaceState
  /** How many appends the state holds. */
  readonly position: number
  /**
   * Appends what `decide` makes of the state, and asks it again when another process was faster; null appends
   * nothing. Durable when it resolves. A repeated command appends nothing and gets its first result.
   * @throws ColloquyError `STORE_UNAVAILABLE`, `COMMAND_REUSED`, and what `decide` throws
   */
  change(
    decide: (state: WorkspaceState) => WorkspaceChange | null,
    command?: WorkspaceCommand,
  ): Promise<unknown>
  /** The state with all that any process had appended when it was asked. @throws ColloquyError `STORE_UNAVAILABLE` */
  current(): Promise<WorkspaceState>
  /** The texts of cells; an erased or unknown one is absent. @throws ColloquyError `STORE_UNAVAILABLE` */
  bodies(cells: readonly string[]): Promise<Map<string, string>>
  /**
   * Calls `fn` for each event from now on, whichever process appended it, when the state holds it and before `change`
   * or `current` resolves. What `fn` throws fails that call; the state and the other watchers have the event all the
   * same. Returns what ends it.
   */
  watch(fn: (event: WorkspaceEvent) => void): () => void
}

export const WORKSPACE_ID = 'default'
export const WORKSPACE_STREAM = `w_${WORKSPACE_ID}`
/** Appends read at a time. */
const PAGE = 500
/** A conflict means that somebody else got on; losing this often in a row means that something is broken. */
const TRIES = 20

export interface WorkspaceStreamOptions {
  /** Called after each append; resolves once no other process goes by what was before. */
  confirm?: (() => Promise<void>) | undefined
}

export async function openWorkspaceStream(
  journal: Journal,
  clock: Clock,
  { confirm }: WorkspaceStreamOptions = {},
): Promise<WorkspaceStream> {
  const { state, apply } = createWorkspaceFold()
  const watchers = new Set<(event: WorkspaceEvent) => void>()
  let position = 0
  let queue: Promise<unknown> = Promise.resolve()

  /** The whole batch first: a watcher sees no half of it, and one that throws leaves no half behind. */
  function take(events: readonly WorkspaceEvent[], at: number): void {
    for (const event of events) apply(event)
    position = at
    tell(watchers, events)
  }
  /** Without the bodies: notes may hold more than the memory does. */
  async function catchUp(): Promise<void> {
    for (;;) {
      const page = { after: position, limit: PAGE, bodies: false }
      const events = await journal.read(WORKSPACE_STREAM, page)
      const last = events.at(-1)
      if (!last) return
      take(
        events.map(({ event }) => workspaceEvent.parse(event)),
        last.seq,
      )
    }
  }

  async function append(change: WorkspaceChange, command: WorkspaceCommand | undefined): Promise<void> {
    const created: WorkspaceEvent[] =
      position === 0
        ? [{ type: 'workspace.created', at: clock.now(), workspaceId: WORKSPACE_ID, name: state.name }]
        : []
    const events = [...created, ...change.events]
    const at = await journal.append(WORKSPACE_STREAM, {
      expectedSeq: position,
      events: events.map((event) => withBody(event, change.bodies)),
      ...(change.erase ? { erase: change.erase } : {}),
      ...(command ? { command: { ...command, result: change.result ?? null } } : {}),
    })
    take(events, at)
  }

  async function carryOut(
    decide: (state: WorkspaceState) => WorkspaceChange | null,
    command: WorkspaceCommand | undefined,
  ): Promise<{ result: unknown; confirmed: boolean }> {
    for (let left = TRIES; ; left--) {
      const before = command ? await recorded(journal, command) : null
      if (before) {
        // Another process may have carried it out, or this one without hearing that it had.
        await catchUp()
        return { result: before.result, confirmed: false }
      }
      let change = decide(state)
      if (!change && command) {
        // That nothing is left to do may be news of another process, which has not told everybody yet.
        await catchUp()
        change = decide(state)
      }
      if (!change) return { result: null, confirmed: !command }
      try {
        await append(change, command)
        return { result: change.result ?? null, confirmed: false }
      } catch (error) {
        if (!isRace(error) || left === 0) throw error
        await catchUp()
      }
    }
  }

  /** One at a time: two appends of this process would only conflict with each other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = queue.then(work)
    queue = done.catch(() => undefined)
    return done.catch(storeFailed)
  }

  await catchUp()
  return {
    state,
    get position() {
      return position
    },
    async change(decide, command) {
      const { result, confirmed } = await inTurn(() => carryOut(decide, command))
      // Out of turn: others whose changes wait for this process ask it for what is new.
      if (!confirmed) await confirm?.().catch(storeFailed)
      return result
    },
    current: () => inTurn(() => catchUp().then(() => state)),
    bodies: (cells) => journal.bodies(WORKSPACE_STREAM, cells).catch(storeFailed),
    watch(fn) {
      // Its own, so that the same function may watch twice.
      const watcher = (event: WorkspaceEvent) => fn(event)
      watchers.add(watcher)
      return () => void watchers.delete(watcher)
    },
  }
}

function tell(
  watchers: ReadonlySet<(event: WorkspaceEvent) => void>,
  events: readonly WorkspaceEvent[],
): void {
  const failures: unknown[] = []
  for (const event of events) {
    for (const watcher of [...watchers]) {
      try {
        watcher(event)
      } catch (error) {
        failures.push(error)
      }
    }
  }
  if (failures.length > 0) throw failures[0]
}

function withBody(event: WorkspaceEvent, bodies: WorkspaceChange['bodies']): NewEvent {
  const body = 'cell' in event ? bodies?.get(event.cell) : undefined
  return body === undefined ? { event } : { event, body }
}

function storeFailed(error: unknown): never {
  if (!(error instanceof JournalError)) throw error
  throw new ColloquyError('STORE_UNAVAILABLE', 'The store does not answer.', undefined, error)
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
