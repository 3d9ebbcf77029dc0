/**
 * The truth: append-only streams of events, with the Yjs updates that the events caused. One stream per
 * session and one per workspace. Nothing else touches a store. Every implementation passes
 * `test/contract/journal.ts`.
 *
 * A stream's position is the number of appends it has had; it never leaves the server.
 */
export interface Journal {
  /**
   * Writes a batch whole or not at all, and resolves once it is durable.
   * Appends of one stream are carried out in the order they were called.
   * @returns the position after the append.
   * @throws JournalError `FENCED` when `epoch` is not the stream's, `CONFLICT` when `expectedSeq` is not its
   *   position, `COMMAND_REPEATED` when the command is already recorded, `UNAVAILABLE` when the store failed
   *   or the outcome is unknown.
   */
  append(stream: string, batch: Append): Promise<number>
  /** Everything needed to go on with a stream; an unknown stream is at position 0 and empty. */
  load(stream: string): Promise<LoadedStream>
  /** Events after a position, oldest first. */
  read(stream: string, range: ReadRange): Promise<StoredEvent[]>
  /** The texts of cells; an erased or unknown cell is absent. */
  bodies(stream: string, cells: readonly string[]): Promise<Map<string, string>>
  /** What the command was recorded with, or null: recorded for 30 days. */
  command(stream: string, userId: string, commandId: string): Promise<RecordedCommand | null>
  /**
   * Keeps a state to load from, and drops the updates of `docs` it covers; events stay. Refused like an
   * append when `expectedSeq` or `epoch` is not the stream's.
   */
  snapshot(stream: string, snapshot: SnapshotWrite): Promise<void>
  /**
   * Takes the stream for this process: a new epoch, which fences every earlier one.
   * @throws JournalError `OWNED` when a polite claim finds another process that has it
   */
  claim(stream: string, options?: ClaimOptions): Promise<Claim>
  /** Lengthens the lease. @throws JournalError `FENCED` */
  renew(stream: string, epoch: string): Promise<void>
  /** Gives the stream back in good order: the epoch ends, and the next claim is clean. A fenced epoch is ignored. */
  release(stream: string, epoch: string): Promise<void>
  /** Streams that carry the label, with the summary last appended to each; order undefined. */
  labelled(label: string): Promise<{ stream: string; summary: unknown }[]>
  /**
   * Streams that carry the label and that no process holds. Absent where only one process uses the store.
   */
  orphans?(label: string): Promise<string[]>
  /** Keeps the bytes of a board: not ordered with the stream, the last write wins. */
  putBoard(stream: string, doc: string, state: Uint8Array): Promise<void>
  board(stream: string, doc: string): Promise<Uint8Array | null>
  dropBoard(stream: string, doc: string): Promise<void>
  /**
   * Writes all that the store holds to a new file, as it was at one moment not before the call; appends go on
   * meanwhile. What it rejects with, or aborts, leaves no file. One at a time. Absent where the store has means of
   * its own.
   */
  copy?(file: string, stop: AbortSignal): Promise<void>
  /** Waits for what is under way and closes the store; later calls reject with `UNAVAILABLE`. */
  close(): Promise<void>
}

export interface ReadRange {
  after: number
  /** At most the events of this many appends; appends without events do not count, so an empty page is the end. */
  limit: number
  /** false: leaves the bodies out, for whoever looks for an event and not for its text. */
  bodies?: boolean
}

/** An event as the journal sees it. `cell` names the erasable cell that holds its body, when it has one. */
export interface JournalEvent {
  type: string
  at: number
  cell?: string | undefined
}

/** An event to append; `body` is stored in the cell that `event.cell` names. */
export interface NewEvent<E extends JournalEvent = JournalEvent> {
  event: E
  body?: string
}

/** An event as read; `body` is null when its cell was erased, absent when it has no cell or none was asked for. */
export interface StoredEvent {
  seq: number
  event: JournalEvent
  body?: string | null
}

export interface Append {
  /** The position that the caller believes the stream has. */
  expectedSeq: number
  /** The caller's claim; absent only for the workspace stream, which any process may append to. */
  epoch?: string
  events: readonly NewEvent[]
  updates?: readonly { doc: string; update: Uint8Array }[]
  /** Cells whose text is destroyed, last in the same write: also text that this batch brought. */
  erase?: readonly string[]
  /** Docs whose updates and snapshots are destroyed in the same write. */
  dropDocs?: readonly string[]
  command?: RecordedCommand & { userId: string; commandId: string }
  /** Index over streams: true sets the label, false takes it away. */
  labels?: Readonly<Record<string, boolean>>
  /** Replaces the stream's summary (JSON). */
  summary?: unknown
}

export interface RecordedCommand {
  /** Hash of the command's body. */
  hash: string
  /** The first answer (JSON), given again to a repeated command. */
  result: unknown
}

export interface LoadedStream {
  seq: number
  snapshot: { seq: number; state: unknown } | null
  /** Events after the snapshot, or all. */
  events: StoredEvent[]
  docs: Map<string, { state: Uint8Array | null; updates: Uint8Array[] }>
}

export interface SnapshotWrite {
  expectedSeq: number
  epoch?: string
  /** JSON; holds no text that people or models wrote, only cell names. */
  state: unknown
  docs: readonly { doc: string; state: Uint8Array }[]
}

export interface ClaimOptions {
  /** Leaves a stream alone that another process has claimed and not let go of, as long as its lease runs. */
  polite?: boolean
}

export interface Claim {
  /** `counter:nonce`. */
  epoch: string
  seq: number
  /** False when the last owner did not release the stream, or it was restored and not appended to since. */
  clean: boolean
  /** True when this store may have lost a write that it had acknowledged: as one that was restored. */
  mayHaveLost: boolean
  /**
   * How long the claim holds after an append or `renew` was called, in ms; whoever holds it stops by itself before.
   * Absent where no other process can claim.
   */
  leaseMs?: number
}

export type JournalErrorCode =
  | 'FENCED'
  | 'CONFLICT'
  | 'COMMAND_REPEATED'
  | 'OWNED'
  | 'UNAVAILABLE'
  | 'DATA_IN_USE'

export class JournalError extends Error {
  override name = 'JournalError'
  readonly code: JournalErrorCode
  constructor(code: JournalErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
