import type { ErrorCode } from '@colloquy/shared/errors'

/** Codes that come from this package, beside the server's. */
export type ClientErrorCode =
  /** No answer from the server. */
  | 'OFFLINE'
  /** `auth()` failed. */
  | 'AUTH_FAILED'
  /** The person is no longer a member. */
  | 'REVOKED'
  /** The board takes no more writing. */
  | 'BOARD_FULL'
  /** It is not known yet who writes: wait for `ready`. */
  | 'NOT_READY'
  /** The server ended the connection for good, for a reason that this version does not know. */
  | 'REFUSED'
  /** The session was closed here. */
  | 'CLOSED'
  /** `discard` dropped the prompt before it was sent. */
  | 'DISCARDED'
  /** An answer that no Colloquy server gives. */
  | 'UNEXPECTED'

/** Every refusal that reaches the caller: a stable code, and the HTTP status (0: none was received). */
export class ColloquyError extends Error {
  override name = 'ColloquyError'
  /** A newer server may know codes that this list lacks. */
  readonly code: ErrorCode | ClientErrorCode | (string & {})
  readonly status: number
  readonly details: unknown
  /** How long the server asks to wait, in ms. */
  readonly retryAfter: number | undefined

  constructor(
    code: ColloquyError['code'],
    message: string,
    more: { status?: number; details?: unknown; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause })
    this.code = code
    this.status = more.status ?? 0
    this.details = more.details
    this.retryAfter = more.retryAfter
  }
}

/** True when the same request may succeed later without anybody doing anything. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof ColloquyError)) return false
  if (error.code === 'OFFLINE' || error.code === 'AUTH_FAILED' || error.code === 'RATE_LIMITED') return true
  return error.status >= 500 || error.status === 408
}

/** True when the server no longer knows who asks: only signing in again helps. */
export function isSignedOut(error: unknown): error is ColloquyError {
  return error instanceof ColloquyError && (error.status === 401 || error.code === 'IDENTITY_CHANGED')
}
