import type {
  Append,
  Claim,
  JournalErrorCode,
  LoadedStream,
  ReadRange,
  RecordedCommand,
  SnapshotWrite,
  StoredEvent,
} from './journal.ts'

/**
 * What the store does inside a transaction: the journal's operations, made synchronous. Times are ms since
 * 1970, brought by the caller.
 */
export interface StoreCalls {
  append(stream: string, batch: Append, at: number): number
  load(stream: string): LoadedStream
  read(stream: string, range: ReadRange): StoredEvent[]
  bodies(stream: string, cells: readonly string[]): Map<string, string>
  command(stream: string, userId: string, commandId: string, at: number): RecordedCommand | null
  snapshot(stream: string, snapshot: SnapshotWrite): void
  claim(stream: string): Claim
  renew(stream: string, epoch: string): void
  release(stream: string, epoch: string): void
  labelled(label: string): { stream: string; summary: unknown }[]
  putBoard(stream: string, doc: string, state: Uint8Array): void
  board(stream: string, doc: string): Uint8Array | null
  dropBoard(stream: string, doc: string): void
}
export type CallName = keyof StoreCalls

/** A call as it travels to the worker; answered under the same `id`. */
export type Call = { [K in CallName]: { id: number; name: K; args: Parameters<StoreCalls[K]> } }[CallName]
/** Asks for a copy of the database as it is after the calls that were posted before; answered like a call. */
export interface CopyOrder {
  id: number
  copyTo: string
}
/** Ends the copy that was ordered under this id, if it is under way: the order is answered with a refusal. */
export interface CopyStop {
  stopCopy: number
}
/** Asks the worker to end, after the calls that were posted before. */
export const CLOSE = 'close'
export type ToWorker = Call | CopyOrder | CopyStop | typeof CLOSE

/** Why a call failed. Without a code it is a bug of the caller. */
export interface Refusal {
  code: JournalErrorCode | null
  message: string
}
export type Answer = { id: number; value: unknown } | { id: number; refusal: Refusal }

/** The worker's first message tells whether the store is open, each later one the answers of one group. */
export type FromWorker = { opened: true } | { opened: false; refusal: Refusal } | { answers: Answer[] }

/** What the worker is started with. */
export interface WorkerStart {
  folder: string
  /** ms since 1970. */
  at: number
}
