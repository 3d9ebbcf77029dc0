/** The y-websocket message types that the sync endpoint speaks (first varint of a frame). */
export const MESSAGE = { sync: 0, awareness: 1, auth: 2, queryAwareness: 3 } as const
/**
 * What a frame of type `auth` says (second varint). `lanes`: what the person may read has changed, ask the session API;
 * stock clients know `denied` alone and pass over the rest.
 */
export const AUTH = { denied: 0, lanes: 1 } as const
/** The y-protocols sync message types (second varint of a sync frame). */
export const SYNC = { step1: 0, step2: 1, update: 2 } as const

/** Close codes of the sync endpoint. 44xx end the connection for good; the others may be tried again. */
export const CLOSE = {
  /** The ticket is unknown, stale, spent for this doc, or another person's or Origin's. */
  ticket: 4401,
  /** The client wrote what it may not, or sent a frame that does not decode. */
  forbidden: 4403,
  /** The person is no longer a member. */
  revoked: 4409,
  /** The doc has a new incarnation: ask the session API for its name. */
  incarnation: 4410,
  /** The board is full. */
  boardFull: 4413,
  /** The person's identity expired: fetch a new token, then a new ticket. */
  identityExpired: 4501,
  /** The reader stayed behind too long. */
  slow: 4508,
  /** Too many connections or messages. */
  tooMany: 4529,
  /** The server drains or reloads: reconnect with jitter. */
  restart: 1012,
} as const
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE]

/** Close codes after which a client must not reconnect to the same doc. */
export function isFinalClose(code: number): boolean {
  return code >= 4400 && code < 4500
}

/** Prefix of every versioned HTTP route. */
export const API = '/api/v1'
/**
 * Header of a request that the browser's cookie signs: the userId it is meant for, percent-encoded. Any tab may have
 * changed whose cookie that is; the server then refuses with `IDENTITY_CHANGED` rather than act as somebody else.
 */
export const MEANT_FOR = 'colloquy-user'
/** Prefix of the WebSocket route: `<SYNC_PATH>/<doc>?ticket=…`. */
export const SYNC_PATH = '/sync'
