import { ROLES } from '@colloquy/shared'
import fc from 'fast-check'
import {
  type Act,
  AUTHOR,
  type Choice,
  type Deed,
  type Group,
  type History,
  OWNER,
  type Ref,
  type Secret,
} from './history.ts'
import type { Script, Words } from './script.ts'

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

const prompt = fc.record({
  do: fc.constant('prompt' as const),
  readers: choice,
  words,
  secret: fc.option(secret, { freq: 4 }),
})

const deed: fc.Arbitrary<Deed> = fc.oneof(
  { weight: 26, arbitrary: prompt },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('edit' as const), ref, words, secret }) },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        ...([
          'withdraw',
          'retract',
          'retract',
          'again',
          'again',
          'cancel',
          'cancel',
          'page',
          'state',
        ] as const),
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
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('rename' as const), title: fc.constantFrom('One', 'Two') }),
  },
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
  { weight: 4, arbitrary: fc.record({ do: fc.constant('take' as const), name }) },
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

/** Acts that belong together: alone they would hardly ever meet what they are about. */
const soon = fc.integer({ min: 1, max: 60 })
const last: fc.Arbitrary<Ref> = fc.record({
  ...{ prompt: fc.constantFrom(-1, -1, -2, -3), turn: fc.constant(0) },
  part: fc.constantFrom('question' as const, 'answer' as const),
})
const toWaiting: fc.Arbitrary<Deed> = fc.oneof(
  fc.record({ do: fc.constant('edit' as const), ref: last, words, secret }),
  fc.record({ do: fc.constantFrom('withdraw' as const, 'state' as const), ref: last }),
  fc.record({ do: fc.constant('move' as const), ref: last, before: fc.option(last) }),
)
/** Somebody asks more than once before they are answered, and changes some of it. */
const burst = fc
  .record({
    ...{
      who,
      gap,
      deed: prompt,
      more: fc.integer({ min: 1, max: 3 }),
      gaps: fc.array(soon, { minLength: 5, maxLength: 5 }),
    },
    changes: fc.array(fc.record({ deed: toWaiting, by: fc.constantFrom(AUTHOR, AUTHOR, OWNER) }), {
      maxLength: 2,
    }),
  })
  .map(({ who, gap, deed, more, gaps, changes }): Act[] => [
    { ...deed, who, gap },
    ...Array.from({ length: more }, (_, n): Act => ({ ...deed, who, gap: gaps[n] ?? 0 })),
    ...changes.map(({ deed: change, by }, n): Act => ({ ...change, who: by, gap: gaps[n + 3] ?? 0 })),
  ])
/** Somebody asks among one set of readers after the other. */
const crowd = fc
  .record({
    who,
    of: fc.array(prompt, { minLength: 4, maxLength: 4 }),
    gaps: fc.tuple(gap, soon, soon, soon),
  })
  .map(({ who, of, gaps }): Act[] =>
    of.map((deed, n) => ({
      ...deed,
      readers: { people: n < 3 ? [n] : [0, 1], groups: [] },
      who,
      gap: gaps[n] ?? 0,
    })),
  )
/** A call waits for somebody, and is decided. */
const consent = fc
  .record({
    ...{
      who,
      gap,
      readers: choice,
      words,
      secret: fc.option(secret, { freq: 4 }),
      wait: fc.integer({ min: 250, max: 900 }),
    },
    ...{
      tool: fc.constantFrom('ask.author', 'ask.moderator'),
      decision: fc.constantFrom('allow' as const, 'deny' as const),
    },
  })
  .map(({ who, gap, readers, words, secret, wait, tool, decision }): Act[] => {
    const asking = (of: Words): Words => {
      const steps = [[{ tool, args: { n: 1 } }], ...(of.script.steps ?? [])]
      return { ...of, script: { say: of.script.say, steps } }
    }
    const both = secret && { left: asking(secret.left), right: asking(secret.right) }
    const ref = { prompt: -1, turn: 0, part: 'answer' as const }
    return [
      { do: 'prompt', who, gap, readers, words: asking(words), secret: both },
      { do: 'decide', who: tool === 'ask.author' ? AUTHOR : OWNER, gap: wait, ref, decision },
    ]
  })
/** Somebody is taken out and comes back, by the owner or by an invite. */
const comeback = fc
  .record({ whom: person, role: startRole, gap, gaps: fc.tuple(gap, gap, gap), invited: fc.boolean() })
  .map(({ whom, role, gap, gaps: [one, two, three], invited }): Act[] => [
    { do: 'remove', whom, who: OWNER, gap },
    ...(invited
      ? [
          { do: 'invite' as const, role, who: OWNER, gap: one },
          { do: 'accept' as const, invite: -1, who: whom, gap: two },
        ]
      : [{ do: 'role' as const, whom, role, who: OWNER, gap: one }]),
    { do: 'come', who: whom, gap: three },
  ])
const group: fc.Arbitrary<Act[]> = fc.oneof(
  { weight: 16, arbitrary: act.map((each) => [each]) },
  { weight: 2, arbitrary: burst },
  { weight: 1, arbitrary: crowd },
  { weight: 1, arbitrary: consent },
  { weight: 1, arbitrary: comeback },
)
/** Long after, mostly: somebody tells others what they had asked among fewer. */
const later = fc.oneof(
  act,
  fc
    .record({ ref, readers: choice, gap })
    .map(({ ref, readers, gap }): Act => ({ do: 'share', ref, readers, who: AUTHOR, gap })),
)

const setting = {
  people: fc.integer({ min: 3, max: 5 }),
  insiders: fc.integer({ min: 1, max: 2 }),
  owner: fc.nat(2),
  roles: fc.array(fc.option(startRole, { freq: 3 }), { minLength: 5, maxLength: 5 }),
  groups: fc.array(groups, { minLength: 5, maxLength: 5 }),
  vaults: fc.array(secret, { minLength: 2, maxLength: 2 }),
  wordy: fc.nat(5).map((n) => n === 0),
  tight: fc.boolean(),
}
export const history: fc.Arbitrary<History> = fc.record({
  ...setting,
  acts: fc.array(group, { minLength: 6, maxLength: 17, size: 'max' }).map((groups) => groups.flat()),
  epilogue: fc.array(later, { maxLength: 4, size: 'max' }),
})

/** For real time, in which acts that belong together come to rest one after the other all the same. */
export const plainHistory: fc.Arbitrary<History> = fc.record({
  ...setting,
  acts: fc.array(act, { minLength: 8, maxLength: 22, size: 'max' }),
  epilogue: fc.array(act, { maxLength: 3, size: 'max' }),
})
