import type { Limits } from '@colloquy/shared'
import type { SessionEvent, StepView } from '@colloquy/shared/events'
import type { Fingerprint } from '../access/fingerprint.ts'
import type { Rights } from '../access/rights.ts'
import type { Clock, NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { ModelCall, ModelFault, ModelPort } from '../model/port.ts'
import type { Toolbox } from '../tools/toolbox.ts'
import type { Entry, Lane, State, Turn } from './state.ts'

/** What a turn needs of its session. */
export interface TurnHost {
  clock: Clock
  /** Both draw for the lane of the turn, unless told for which. */
  newId: NewId
  fingerprint: Fingerprint
  /** From 0 to 1. */
  random(): number
  model: ModelPort
  toolbox: Toolbox
  rights: Rights
  limits: Limits
  /** The turn as it is now; null once it has ended. */
  facts(turnId: string): Facts | null
  /** The text of a cell. */
  body(cell: string): string
  /** Applies events, and resolves once they are durable. Rejects when the session was dropped. */
  commit(events: readonly NewEvent<SessionEvent>[], erase?: readonly string[]): Promise<void>
  /** Shows text that streams; resolves once it is durable. */
  show(turnId: string, text: string): Promise<void>
  /** Resolves once everything decided so far is durable. */
  settled(): Promise<void>
  /** Tells the operator why a step failed. */
  faulted(turnId: string, fault: ModelFault): void
  /** Tells the operator that a tool failed. */
  toolFailed(turnId: string, tool: string, error: unknown): void
  /** The call for the turn's next step, made from the state as it is now, and what of the session is in it. */
  call(turnId: string): { call: ModelCall; view: StepView }
}

export interface Facts {
  state: State
  turn: Turn
  lane: Lane
  /** The answer. */
  entry: Entry
}
