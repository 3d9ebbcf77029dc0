import { type Action, ColloquyError, type Limits, leastRole, may, type Role } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Fingerprint } from '../access/fingerprint.ts'
import type { Principal } from '../access/principal.ts'
import type { Rights } from '../access/rights.ts'
import type { NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import type { Command, CommandResult } from './api.ts'
import { readableLane } from './lane-access.ts'
import type { Entry, Lane, Member, State } from './state.ts'

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
  fingerprint: Fingerprint
  limits: Limits
  models: readonly string[]
  toolbox: Toolbox
  rights: Rights
  /** The text of a cell; an erased one has none. */
  body(cell: string): string
  /** What a running turn has said so far. */
  said(turnId: string): string
  /** Messages that the command is about and the state no longer keeps. */
  older: readonly PlacedEntry[]
}

/** A message, with the lane that it stands in. */
export interface PlacedEntry {
  laneId: string
  entry: Entry
}

/** Who acts, and as what. */
export interface Actor {
  principal: Principal
  member: Member
}

/** The answer of commands that have nothing to tell. */
export const OK = { ok: true } as const

export function need(role: Role, action: Action): void {
  if (!may(role, action)) throw forbidden(`This needs the role ${leastRole(action)}.`)
}

type OwnAction = { [A in Action]: `${A}.others` extends Action ? A : never }[Action]

/** One's own, or with the right to what others wrote: only where one reads it, which the caller has made sure of. */
export function needFor(author: string, { principal, member }: Actor, action: OwnAction): void {
  need(member.role, author === principal.userId ? action : (`${action}.others` as Action))
}

/** The lane, if the actor reads it. @throws ColloquyError `NOT_FOUND`, whatever the role */
export function laneFor(state: State, laneId: string, { principal }: Actor, context: DecisionContext): Lane {
  const lane = readableLane(state, laneId, principal.userId, context.rights)
  if (!lane) throw notFound('lane')
  return lane
}

export function readsIt(
  state: State,
  laneId: string,
  { principal }: Actor,
  { rights }: DecisionContext,
): boolean {
  return readableLane(state, laneId, principal.userId, rights) !== undefined
}

export const forbidden = (message: string) => new ColloquyError('FORBIDDEN', message)
export const notFound = (what: string) => new ColloquyError('NOT_FOUND', `There is no such ${what}.`)
