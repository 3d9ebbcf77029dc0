import { CLOSE, isFinalClose } from '@colloquy/shared/protocol'

/** What the client does once a connection to a lane or a board has closed. */
export type AfterClose =
  /** Connect again: at once, after a short wait, or well spread because everybody was sent away. */
  | { act: 'retry'; wait: 'none' | 'short' | 'spread'; renewToken?: true }
  /** Ask the session API for the doc's new name. */
  | { act: 'rename' }
  /** For good. `erase`: the local copy goes too. */
  | { act: 'end'; reason: 'REVOKED' | 'FORBIDDEN' | 'BOARD_FULL' | 'REFUSED'; erase: boolean }

export function afterClose(code: number): AfterClose {
  switch (code) {
    case CLOSE.ticket:
      return { act: 'retry', wait: 'none' }
    case CLOSE.identityExpired:
      return { act: 'retry', wait: 'none', renewToken: true }
    case CLOSE.incarnation:
      return { act: 'rename' }
    case CLOSE.revoked:
      return { act: 'end', reason: 'REVOKED', erase: true }
    case CLOSE.forbidden:
      return { act: 'end', reason: 'FORBIDDEN', erase: false }
    case CLOSE.boardFull:
      return { act: 'end', reason: 'BOARD_FULL', erase: false }
    case CLOSE.restart:
    case CLOSE.tooMany:
      return { act: 'retry', wait: 'spread' }
    default:
      return isFinalClose(code)
        ? { act: 'end', reason: 'REFUSED', erase: false }
        : { act: 'retry', wait: 'short' }
  }
}

const MIN_MS = 250
const MAX_MS = 10_000

/** ms to wait before attempt `attempt` (from 0): between 250 ms and a bound that doubles up to 10 s. */
export function backoff(attempt: number, random: () => number): number {
  const bound = Math.min(MAX_MS, 2 * MIN_MS * 2 ** attempt)
  return MIN_MS + random() * (bound - MIN_MS)
}

/** Attempts that a `spread` wait skips: its first bound is 4 s. */
export const SPREAD_FROM = 3
