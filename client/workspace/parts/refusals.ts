import { ColloquyError } from '@colloquy/client'

/** What a code means for the person who reads it. */
const SENTENCES: Record<string, string> = {
  OFFLINE: 'The server cannot be reached.',
  MALFORMED: 'The server did not understand that.',
  FORBIDDEN: 'Your role does not allow that here.',
  NOT_FOUND: 'That is no longer there.',
  PROMPT_NOT_PENDING: 'Too late: that prompt is already being answered.',
  TURN_ENDED: 'That answer has already ended.',
  CALL_DECIDED: 'That has already been decided.',
  CALL_CHANGED: 'That call has changed. Look at it again.',
  APPROVAL_EXPIRED: 'Too late: nobody decided in time.',
  ALREADY_RETRACTED: 'That was already taken back.',
  MESSAGE_STREAMING: 'Wait until the answer has ended.',
  TOO_LARGE: 'That is too long: a prompt may have 64 kB.',
  UNREADABLE_FILE: 'That file cannot be read.',
  QUEUE_FULL: 'The queue is full. Wait for an answer or withdraw a prompt.',
  RATE_LIMITED: 'Too fast. Try again in a moment.',
  STORE_UNAVAILABLE: 'The server cannot store anything right now. Try again in a moment.',
  DRAINING: 'The server is restarting. Try again in a moment.',
  UNAUTHENTICATED: 'You are signed out.',
  ORIGIN_REFUSED:
    'This page may not act on that server. Its operator has to name the address (COLLOQUY_PUBLIC_URL).',
  IDENTITY_UNAVAILABLE: 'Who you are cannot be checked right now. Try again in a moment.',
  IDENTITY_CHANGED: 'Somebody else is signed in now.',
  REVOKED: 'You are no longer a member of this session.',
  AUDIENCE_UNKNOWN: 'Somebody whom you picked is no longer here. Pick again who reads it.',
  AUDIENCE_EMPTY: 'Nobody would read that.',
  LANES_FULL: 'There are too many different sets of readers here. Pick one that was used before.',
  RESOURCES_FULL: 'There is no room for another resource. Remove one first.',
  LAST_OWNER: 'The last owner first makes somebody else an owner.',
  INVITE_SPENT: 'This invite has been used up.',
  INVITE_EXPIRED: 'This invite has expired.',
  BOARD_FULL: 'The shared draft has grown too large.',
  NOT_READY: 'Still connecting. Try again in a moment.',
  // Why a turn did not end well.
  PROVIDER_BUSY: 'the model’s provider is busy',
  PROVIDER_UNAVAILABLE: 'the model’s provider is unavailable',
  PROVIDER_REFUSED: 'the model’s provider refused the request',
  PROVIDER_AUTH: 'the model’s provider does not accept this server’s key',
  PROVIDER_NOT_FOUND: 'the address of the model’s provider is wrong on this server',
  PROVIDER_CUT: 'the provider broke off in the middle',
  PROVIDER_TIMEOUT: 'the provider took too long',
  MODEL_UNKNOWN: 'there is no such model on this server',
  CONTEXT_TOO_LARGE: 'the conversation no longer fits into the model',
  TOO_MANY_ATTEMPTS: 'several attempts failed',
  TOO_MANY_STEPS: 'it called tools again and again and came to no end',
  APPROVAL: 'it waits for an approval',
  STOPPED_BY_AUTHOR: 'stopped by its author',
  STOPPED_BY_MODERATOR: 'stopped by a moderator',
  NO_APPROVER: 'nobody here may approve that',
  INTERNAL: 'something went wrong on the server',
}

export function codeOf(error: unknown): string {
  return error instanceof ColloquyError ? error.code : 'UNEXPECTED'
}

/** A code that is not known yet is better shown than swallowed. */
export function sentenceFor(code: string): string {
  return SENTENCES[code] ?? `Something went wrong (${code}).`
}

/** Why a turn ended, for the middle of a sentence. */
export function reasonFor(code: string): string {
  return SENTENCES[code] ?? code
}

/** The prompt that was refused to its writer is somewhere else: with those that wait to be sent, or thrown away. */
export function isKept(error: unknown): boolean {
  if (!(error instanceof ColloquyError)) return false
  const kept = typeof error.details === 'object' && error.details !== null && 'kept' in error.details
  return error.code === 'DISCARDED' || (error.code === 'CLOSED' && kept)
}

export function isSignedOut(error: unknown): boolean {
  return error instanceof ColloquyError && (error.status === 401 || error.code === 'IDENTITY_CHANGED')
}
