import { ROLES, type Role } from '@colloquy/shared'
import fc from 'fast-check'
import type { Script, Words } from './script.ts'

/** What differs between the two runs of a history. */
export type Side = 'left' | 'right'
export type Secret = Readonly<Record<Side, Words>>

/** Readers as an act names them: people by number, and groups. */
export type Choice = 'everyone' | { people: number[]; groups: Group[] }
/** `in` holds insiders alone; `mix` holds whom it holds. */
type Group = 'in' | 'mix'

/** A message or turn of an earlier prompt: which prompt (-1: the last), which of its turns, question or answer. */
export interface Ref {
  prompt: number
  turn: number
  part: 'question' | 'answer'
}

export type Deed =
  | { do: 'prompt'; readers: Choice; words: Words; secret: Secret | null }
  | { do: 'edit'; ref: Ref; words: Words; secret: Secret }
  | { do: 'withdraw' | 'retract' | 'cancel' | 'page' | 'state'; ref: Ref }
  | { do: 'move'; ref: Ref; before: Ref | null }
  | { do: 'decide'; ref: Ref; decision: 'allow' | 'deny' }
  | { do: 'share'; ref: Ref; readers: Choice }
  | { do: 'fork'; ref: Ref; words: Words }
  | { do: 'view'; ref: Ref | null }
  | { do: 'describe' | 'export' | 'mine' | 'list' | 'speak' | 'leave' | 'come' | 'stick' | 'drain' }
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
  acts: Act[]
  /** What is done when all that was begun has long ended. */
  epilogue: Act[]
}

const NAMES = ['plan', 'diary'] as const
const READ = [...NAMES, 'secret', 'open'] as const
const VAULTS = ['in', 'first', 'mix', 'others', 'all', 'none'] as const

const length = fc.oneof(
  { weight: 3, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: fc.nat(300) },
  { weight: 2, arbitrary: fc.nat(4_000) },
  { weight: 1, arbitrary: fc.integer({ min: 20_000, max: 32_000 }) },
)
const number = fc.record({ n: fc.nat(6) })
const wish = fc.oneof(
  { weight: 2, arbitrary: number.map((args) => ({ tool: 'look', args })) },
  { weight: 1, arbitrary: number.map((args) => ({ tool: 'ask.author', args })) },
  { weight: 1, arbitrary: number.map((args) => ({ tool: 'ask.moderator', args })) },
  { weight: 3, arbitrary: fc.constantFrom(...VAULTS).map((id) => ({ tool: 'vault.read', args: { id } })) },
  { weight: 2, arbitrary: fc.constantFrom(...READ).map((id) => ({ tool: 'resource.read', args: { id } })) },
  {
    weight: 2,
    arbitrary: fc
      .record({ query: fc.constantFrom('ledger', 'garden quota', 'title'), mine: fc.boolean() })
      .map((args) => ({ tool: 'resource.search', args })),
  },
)
const nothing: NonNullable<Script['steps']> = []
const steps: fc.Arbitrary<NonNullable<Script['steps']>> = fc.oneof(
  { weight: 5, arbitrary: fc.constant(nothing) },
  {
    weight: 4,
    arbitrary: fc.array(fc.array(wish, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 3 }),
  },
)
const fails = fc.oneof(
  { weight: 8, arbitrary: fc.constant(undefined) },
  { weight: 1, arbitrary: fc.constantFrom('busy' as const, 'cut' as const, 'refused' as const) },
)
const script: fc.Arbitrary<Script> = fc
  .record({ say: length, steps, fails })
  .map(({ say, steps, fails }) => ({
    say,
    ...(steps.length > 0 ? { steps } : {}),
    ...(fails ? { fails } : {}),
  }))
const words: fc.Arbitrary<Words> = fc.record({ script, length, from: fc.nat(900) })
const secret: fc.Arbitrary<Secret> = fc.record({ left: words, right: words })
const ref: fc.Arbitrary<Ref> = fc.record({
  prompt: fc.oneof(fc.nat(20), fc.constant(-1)),
  turn: fc.constantFrom(0, 0, 0, 1),
  part: fc.constantFrom('question' as const, 'answer' as const),
})
const person = fc.nat(4)
const nobodyElse: Choice = { people: [], groups: [] }
const groups = fc.subarray<Group>(['in', 'mix'])
const choice: fc.Arbitrary<Choice> = fc.oneof(
  { weight: 4, arbitrary: fc.constant('everyone' as const) },
  { weight: 3, arbitrary: fc.constant(nobodyElse) },
  { weight: 3, arbitrary: fc.record({ people: fc.array(person, { maxLength: 2 }), groups }) },
)
const name = fc.constantFrom(...NAMES)
const role = fc.constantFrom(...ROLES)
const startRole = fc.constantFrom(...ROLES, 'prompter' as const, 'prompter' as const)

const deed: fc.Arbitrary<Deed> = fc.oneof(
  {
    weight: 26,
    arbitrary: fc.record({
      do: fc.constant('prompt' as const),
      readers: choice,
      words,
      secret: fc.option(secret, { freq: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), ref, words, secret }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...(['withdraw', 'retract', 'retract', 'cancel', 'cancel', 'page', 'state'] as const),
      ),
      ref,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('move' as const), ref, before: fc.option(ref) }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('decide' as const),
      ref,
      decision: fc.constantFrom('allow' as const, 'deny' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('share' as const), ref, readers: choice }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('fork' as const), ref, words }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('view' as const), ref: fc.option(ref) }) },
  {
    weight: 7,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...([
          'describe',
          'export',
          'mine',
          'list',
          'speak',
          'leave',
          'come',
          'come',
          'stick',
          'drain',
        ] as const),
      ),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'empty' as const }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('role' as const), whom: person, role }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('remove' as const, 'stop' as const), whom: person }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('invite' as const), role }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('accept' as const), invite: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('groups' as const), groups }) },
  {
    weight: 5,
    arbitrary: fc.record({ do: fc.constant('put' as const), name, readers: choice, words, secret }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('take' as const), name }) },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('policy' as const),
      without: fc.subarray(['look', 'vault.read']),
    }),
  },
)

/** Mostly soon, while earlier turns still run; at times so late that a call has expired or a session left memory. */
const gap = fc.oneof(
  { weight: 8, arbitrary: fc.nat(400) },
  { weight: 6, arbitrary: fc.integer({ min: 400, max: 6_000 }) },
  { weight: 2, arbitrary: fc.integer({ min: 6_000, max: 30_000 }) },
  { weight: 1, arbitrary: fc.constantFrom(80_000, 700_000) },
)
/** Insiders often, and often somebody who may do it. */
const who = fc.oneof(
  { weight: 4, arbitrary: fc.constant(0) },
  { weight: 5, arbitrary: person },
  { weight: 3, arbitrary: fc.constant(OWNER) },
)
const act: fc.Arbitrary<Act> = fc
  .record({ deed, who, own: fc.boolean(), gap })
  .map(({ deed, who, own, gap }) => ({ ...deed, who: own && 'ref' in deed && deed.ref ? AUTHOR : who, gap }))

export const history: fc.Arbitrary<History> = fc.record({
  people: fc.integer({ min: 3, max: 5 }),
  insiders: fc.integer({ min: 1, max: 2 }),
  owner: fc.nat(2),
  roles: fc.array(fc.option(startRole, { freq: 3 }), { minLength: 5, maxLength: 5 }),
  groups: fc.array(groups, { minLength: 5, maxLength: 5 }),
  vaults: fc.array(secret, { minLength: 2, maxLength: 2 }),
  wordy: fc.nat(5).map((n) => n === 0),
  acts: fc.array(act, { minLength: 8, maxLength: 22, size: 'max' }),
  epilogue: fc.array(act, { maxLength: 3, size: 'max' }),
})
