import { DEFAULT_LIMITS, MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent, SessionEventOf } from '@colloquy/shared/events'
import { expect, it } from 'vitest'
import { principal } from '../../test/kit/people.ts'
import { FINGERPRINT } from '../access/fingerprint.fixture.ts'
import { OPEN_RIGHTS } from '../access/rights.ts'
import { createToolbox } from '../tools/toolbox.ts'
import { decide } from './decide.ts'
import type { DecisionContext } from './decision.ts'
import { fold } from './fold.ts'
import { retractedAt, sameWords } from './fold-copies.ts'
import { EMPTY, type State } from './state.ts'

// Each of these took minutes, or came to no end, when what is known of copies was copied for each event.

const ana = { id: 'ana', name: 'Ana' }
const MANY = 8_000

function folded(state: State, events: readonly SessionEvent[]): State {
  return events.reduce((now, event, index) => fold(now, event, index + 1), state)
}

const begun = folded(EMPTY, [
  { type: 'session.created', at: 1, sessionId: 's', workspaceId: 'w', title: 'T', by: 'ana' },
  { type: 'member.changed', at: 1, userId: 'ana', name: 'Ana', role: 'owner', by: 'ana' },
  { type: 'lane.opened', at: 1, laneId: MAIN_LANE, audience: 'everyone', by: 'ana' },
])

function shared(index: number, parts: Partial<SessionEventOf<'entry.shared'>>): SessionEvent {
  return {
    ...{
      type: 'entry.shared',
      at: 2,
      messageId: `m${index + 1}`,
      laneId: MAIN_LANE,
      seq: index + 1,
      by: ana,
    },
    ...{ sourceId: `m${index}`, role: 'assistant', promptId: 'p', turnId: 't', author: ana, askedAt: 1 },
    ...{ cell: `c${index}`, length: 1, ...parts },
  }
}

/** Each is a copy of the one before, as when a copy is shared on and on. */
const chain = folded(
  begun,
  Array.from({ length: MANY }, (_, i) => shared(i, { fromLaneId: MAIN_LANE })),
)

it('[LR31] a copy of a copy, however long the chain, has the words of the first', () => {
  const ids = Array.from({ length: MANY + 1 }, (_, i) => `m${i}`)
  expect(sameWords(chain, 'm0')).toEqual(ids)
  expect(sameWords(chain, 'm7000')).toEqual(ids.slice(7_000))
})

it('[LR31] and is taken back with it, all of the chain at once', () => {
  const retract = { type: 'message.retract', messageId: 'm1' } as const
  const { events, erase } = decide(chain, principal('ana'), retract, context)
  expect(erase).toHaveLength(MANY)
  const after = folded(
    chain,
    events.map(({ event }) => event),
  )
  expect(retractedAt(after, `m${MANY}`)).toBe(3)
  expect(after.lanes[MAIN_LANE]?.entries.every(({ cells }) => cells.length === 0)).toBe(true)
})

it('[LR31] what a fork begins with is no copy of anything in it', () => {
  const fork = folded(
    begun,
    Array.from({ length: MANY }, (_, i) => shared(i, {})),
  )
  expect(fork.lanes[MAIN_LANE]?.seq).toBe(MANY)
  expect(fork.copies).toEqual([])
  expect(sameWords(fork, 'm1')).toEqual(['m1'])
})

const context: DecisionContext = {
  ...{ now: 3, newId: (prefix) => prefix, limits: DEFAULT_LIMITS, models: [], older: [] },
  ...{ toolbox: createToolbox(() => []), rights: OPEN_RIGHTS, said: () => '', body: () => '' },
  fingerprint: FINGERPRINT,
}
