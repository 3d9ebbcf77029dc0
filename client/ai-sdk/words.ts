import type { TurnReason } from '@colloquy/shared/events'
import type { PromptEnd } from '../types/index.ts'

const WHY: Record<TurnReason, string> = {
  PROVIDER_BUSY: 'the model’s provider is busy',
  PROVIDER_UNAVAILABLE: 'the model’s provider is unavailable',
  PROVIDER_REFUSED: 'the model’s provider refused the request',
  PROVIDER_AUTH: 'the model’s provider does not accept the server’s key',
  PROVIDER_NOT_FOUND: 'the address of the model’s provider is wrong',
  PROVIDER_CUT: 'the model’s provider broke off in the middle',
  PROVIDER_TIMEOUT: 'the model’s provider took too long',
  MODEL_UNKNOWN: 'there is no such model on the server',
  CONTEXT_TOO_LARGE: 'the conversation no longer fits into the model',
  TOO_MANY_ATTEMPTS: 'several attempts failed',
  TOO_MANY_STEPS: 'it called tools again and again and came to no end',
  APPROVAL: 'nobody approved a call',
  STOPPED_BY_AUTHOR: 'its author stopped it',
  STOPPED_BY_MODERATOR: 'a moderator stopped it',
  REVOKED: 'its author is no longer in the session',
  NO_APPROVER: 'nobody here may approve a call',
  INTERNAL: 'something went wrong on the server',
}

const ENDS: Record<Exclude<PromptEnd, 'done'>, string> = {
  failed: 'The answer failed',
  cancelled: 'The answer was stopped',
  revoked: 'The answer was ended',
  denied: 'The answer was refused',
  narrowed: 'The answer goes on where fewer people read it',
  withdrawn: 'The prompt was withdrawn before it was answered',
}

/** How an answer ended, as a sentence. */
export function sentenceOf(end: Exclude<PromptEnd, 'done'>, reason: string | undefined): string {
  const why = reason === undefined ? undefined : (WHY as Record<string, string>)[reason]
  return why === undefined ? `${ENDS[end]}.` : `${ENDS[end]}: ${why}.`
}
