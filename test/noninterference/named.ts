import type { History } from './history.ts'
import type { Words } from './script.ts'

const short: Words = { script: { say: 0 }, length: 0, from: 0 }
const long: Words = {
  script: { say: 30_000, steps: [[{ tool: 'look', args: { n: 1 } }]] },
  length: 32_000,
  from: 0,
}
const secret = { left: short, right: long }
const setting = {
  ...{ people: 3, insiders: 1, owner: 0, groups: [[], [], [], [], []], vaults: [secret, secret] },
  wordy: false,
  tight: false,
  roles: ['owner' as const, 'moderator' as const, 'prompter' as const, null, null],
}
const me = { people: [], groups: [] }
const asks = (steps: Words['script']['steps'] = []) => ({ script: { say: 20, steps }, length: 5, from: 0 })
const first = { prompt: 0, turn: 0, part: 'question' as const }

/** Histories that once told somebody what they may not know. */
export const NAMED: Readonly<Record<string, History>> = {
  'taking back a question while its turn goes on in private': {
    ...setting,
    acts: [
      {
        ...{ do: 'prompt', who: 0, gap: 10, readers: 'everyone', secret: null },
        words: asks([[{ tool: 'vault.read', args: { id: 'in' } }]]),
      },
      { do: 'retract', who: 0, gap: 1_000, ref: first },
    ],
    epilogue: [],
  },
  'sharing a question that waited behind a secret one': {
    ...setting,
    acts: [
      { do: 'prompt', who: 0, gap: 10, readers: me, secret, words: asks() },
      { do: 'prompt', who: 0, gap: 10, readers: me, secret: null, words: asks() },
    ],
    epilogue: [{ do: 'share', who: 0, gap: 10, readers: 'everyone', ref: { ...first, prompt: 1 } }],
  },
  'a hidden lane is told of to somebody who reads nothing any more': {
    ...{ ...setting, insiders: 2 },
    acts: [
      {
        ...{ do: 'prompt', who: 0, gap: 4900, readers: { people: [1], groups: [] }, words: asks() },
        secret: { left: asks(), right: asks([[{ tool: 'vault.read', args: { id: 'first' } }]]) },
      },
      { do: 'stick', who: 0, gap: 14 },
    ],
    epilogue: [],
  },
  'lowering somebody whose turns run in several lanes': {
    ...setting,
    acts: [
      { do: 'role', who: 0, gap: 10, whom: 1, role: 'owner' },
      { do: 'prompt', who: 0, gap: 10, readers: me, secret, words: asks() },
      {
        ...{ do: 'prompt', who: 0, gap: 900, readers: 'everyone', secret: null },
        words: { script: { say: 20, fails: 'busy' }, length: 5, from: 0 },
      },
      { do: 'role', who: 1, gap: 400, whom: 0, role: 'viewer' },
    ],
    epilogue: [],
  },
}
