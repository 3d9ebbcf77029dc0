// What SQLite's result codes (https://sqlite.org/rescode.html) mean here. The low byte of an extended code is the
// primary one.

const BUSY = 5
const CORRUPT = 11
/** What the caller gave is at fault, not the store: TOOBIG, CONSTRAINT, MISMATCH, RANGE. */
const CALLER_FAULTS: ReadonlySet<number> = new Set([18, 19, 20, 25])

/** By extended or primary code: what is wrong and what whoever runs the server can do. */
const REASONS: ReadonlyMap<number, string> = new Map([
  [8, 'this user may not write it, or files beside it'],
  [778, 'it cannot be written; perhaps the disk is full'],
  [3850, 'it cannot be locked: it is read-only, or on a disk that knows no locks'],
  [CORRUPT, 'it is damaged: move the data folder away and restore a backup'],
  [13, 'the disk is full'],
  [14, 'this user may not read and write it, or it is no file'],
  [26, 'it is no journal of Colloquy'],
])

/** SQLite's extended result code; null when the error is not SQLite's. */
function codeOf(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null
  return error.errcode
}

function primaryOf(error: unknown): number | null {
  const code = codeOf(error)
  return code === null ? null : code & 0xff
}

/** Another connection holds the database. */
export function isBusy(error: unknown): boolean {
  return primaryOf(error) === BUSY
}

/** Pages that were read are damaged; others may be well. */
export function isDamage(error: unknown): boolean {
  return primaryOf(error) === CORRUPT
}

/** True when the store failed (disk full, I/O), false for a refusal or a bug of the caller. */
export function isStoreFailure(error: unknown): boolean {
  const code = primaryOf(error)
  return code !== null && !CALLER_FAULTS.has(code)
}

/** Why the journal's file cannot be used, for whoever runs the server. */
export function reasonOf(error: unknown): string {
  return REASONS.get(codeOf(error) ?? -1) ?? REASONS.get(primaryOf(error) ?? -1) ?? messageOf(error)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
