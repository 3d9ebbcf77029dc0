import { atLeast, ColloquyError, type Limits, type Role } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Principal } from '../access/principal.ts'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import type { Command, CommandResult } from './api.ts'
import type { Entry, Member } from './state.ts'

/** What a command does: the events it causes, the cells it destroys and its answer. */
export interface Decision {
  events: NewEvent<SessionEvent>[]
  erase?: string[]
  result: CommandResult[Command['type']]
}

/** What a decision may use beside the state: it has no clock, no randomness and no I/O of its own. */
export interface DecisionContext {
  now: number
  newId: NewId
  limits: Limits
  models: readonly string[]
  toolbox: Toolbox
  /** What a running turn has said so far. */
  said(turnId: string): string
  /** Finds a message that the state no longer keeps. */
  older: Entry | undefined
}

/** The answer of commands that have nothing to tell. */
export const OK = { ok: true } as const

export function need(role: Role, needed: Role): void {
  if (!atLeast(role, needed)) throw forbidden(`This needs the role ${needed}.`)
}

export function authorOrModerator(author: string, actor: Principal, member: Member): void {
  if (author === actor.userId) need(member.role, 'prompter')
  else need(member.role, 'moderator')
}

export const forbidden = (message: string) => new ColloquyError('FORBIDDEN', message)
export const notFound = (what: string) => new ColloquyError('NOT_FOUND', `There is no such ${what}.`)
