/**
 * Every error that leaves the server: its stable code and HTTP status. Clients branch on the code;
 * the message is for people.
 */
export const ERRORS = {
  MALFORMED: 400,
  UNAUTHENTICATED: 401,
  IDENTITY_CHANGED: 401,
  FORBIDDEN: 403,
  ORIGIN_REFUSED: 403,
  NOT_FOUND: 404,
  COMMAND_REUSED: 409,
  PROMPT_NOT_PENDING: 409,
  TURN_ENDED: 409,
  CALL_DECIDED: 409,
  CALL_CHANGED: 409,
  APPROVAL_EXPIRED: 409,
  ALREADY_RETRACTED: 409,
  MESSAGE_STREAMING: 409,
  LAST_OWNER: 409,
  AUDIENCE_UNKNOWN: 409,
  AUDIENCE_EMPTY: 409,
  INVITE_SPENT: 409,
  INVITE_EXPIRED: 409,
  TOO_LARGE: 413,
  MEDIA_TYPE: 415,
  UNREADABLE_FILE: 422,
  QUEUE_FULL: 429,
  LANES_FULL: 429,
  RESOURCES_FULL: 429,
  RATE_LIMITED: 429,
  INTERNAL: 500,
  STORE_UNAVAILABLE: 503,
  IDENTITY_UNAVAILABLE: 503,
  DRAINING: 503,
} as const
export type ErrorCode = keyof typeof ERRORS

/** The body of every refusal: `{ error: … }`. */
export interface ErrorBody {
  code: ErrorCode
  message: string
  details?: unknown
}

/** An error with a stable code; `status` is the HTTP status that belongs to the code. */
export class ColloquyError extends Error {
  override name = 'ColloquyError'
  readonly code: ErrorCode
  readonly details: unknown
  constructor(code: ErrorCode, message: string, details?: unknown, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
    this.details = details
  }
  get status(): number {
    return ERRORS[this.code]
  }
}
