import type { Role } from '@colloquy/shared'
import type { Words } from './script.ts'

/** What differs between the two runs of a history. */
export type Side = 'left' | 'right'
export type Secret = Readonly<Record<Side, Words>>

/** Readers as an act names them: people by number, and groups. */
export type Choice = 'everyone' | { people: number[]; groups: Group[] }
/** `in` holds insiders alone; `mix` holds whom it holds. */
export type Group = 'in' | 'mix'

/** A message or turn of an earlier prompt: which prompt (-1: the last), which of its turns, question or answer. */
export interface Ref {
  prompt: number
  turn: number
  part: 'question' | 'answer'
}

export type Deed =
  | { do: 'prompt'; readers: Choice; words: Words; secret: Secret | null }
  | { do: 'edit'; ref: Ref; words: Words; secret: Secret }
  | { do: 'withdraw' | 'retract' | 'again' | 'cancel' | 'page' | 'state'; ref: Ref }
  | { do: 'move'; ref: Ref; before: Ref | null }
  | { do: 'decide'; ref: Ref; decision: 'allow' | 'deny' }
  | { do: 'share'; ref: Ref; readers: Choice }
  | { do: 'fork'; ref: Ref; words: Words }
  | { do: 'view'; ref: Ref | null }
  | { do: 'describe' | 'export' | 'audit' | 'invites' | 'mine' | 'list' }
  | { do: 'speak' | 'leave' | 'come' | 'stick' | 'drain' }
  | { do: 'rename'; title: string }
  /** Everybody goes for so long that the session may leave memory, and comes back. */
  | { do: 'empty' }
  | { do: 'role'; whom: number; role: Role }
  | { do: 'remove' | 'stop'; whom: number }
  | { do: 'invite'; role: Role }
  | { do: 'accept'; invite: number }
  | { do: 'groups'; groups: Group[] }
  | { do: 'put'; name: string; readers: Choice; words: Words; secret: Secret }
  | { do: 'take'; name: string }
  | { do: 'policy'; without: string[] }

/** Whoever made the session. */
export const OWNER = -1
/** Whoever wrote the prompt that the act is about. */
export const AUTHOR = -2

/** Who does it, and how long after what was done before, in ms. */
export type Act = Deed & { who: number; gap: number }

/**
 * What people do. The first `insiders` of them share the secret; nobody else may learn anything of it. Everything here
 * is the same in both runs but the secrets.
 */
export interface History {
  people: number
  insiders: number
  owner: number
  /** What each person is at the start; null: not yet in. */
  roles: (Role | null)[]
  groups: Group[][]
  vaults: Secret[]
  /** True where people and the model say so much that lanes are summed up. */
  wordy: boolean
  /** True where queues and lists of lanes are soon full. */
  tight: boolean
  acts: Act[]
  /** What is done when all that was begun has long ended. */
  epilogue: Act[]
}
