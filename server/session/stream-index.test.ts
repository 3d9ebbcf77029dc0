import { describe, expect, it } from 'vitest'
import { EMPTY, type Lane, type State } from './state.ts'
import { indexChange, listed } from './stream-index.ts'

const lane = (laneId: string, audience: 'everyone' | string[], seq: number, through?: Lane['through']) =>
  ({ laneId, audience, seq, ...(through ? { through } : {}) }) as unknown as Lane

const state: State = {
  ...EMPTY,
  ...{ title: 'Plans', createdAt: 1, activeAt: 2 },
  members: { ana: { name: 'Ana', role: 'owner' }, bo: { name: 'Bo', role: 'viewer' } },
  lanes: {
    main: lane('main', 'everyone', 4),
    l1: lane('l1', ['ana'], 2),
    l2: lane('l2', ['ana', 'bo'], 6, { bo: [['ops']] }),
  },
}
const summary = JSON.parse(JSON.stringify(indexChange(EMPTY, state).summary))

describe('the list of sessions', () => {
  it('[LR35] tells a person their role, and of lanes those that they read now', () => {
    expect(listed('s', summary, 'ana', [])).toEqual({
      ...{ id: 's', title: 'Plans', createdAt: 1, activeAt: 2, role: 'owner' },
      lanes: [
        { laneId: 'main', lastSeq: 4 },
        { laneId: 'l1', lastSeq: 2 },
        { laneId: 'l2', lastSeq: 6 },
      ],
    })
    const of = (groups: string[]) => listed('s', summary, 'bo', groups).lanes.map(({ laneId }) => laneId)
    expect(of(['ops'])).toEqual(['main', 'l2'])
    expect(of([])).toEqual(['main'])
    expect(listed('s', summary, 'constructor', [])).not.toHaveProperty('role')
  })

  it('[LR36] still tells of a session that an older server wrote down', () => {
    const old = { title: 'Plans', createdAt: 1, activeAt: 2 }
    expect(listed('s', old, 'ana', [])).toEqual({ id: 's', ...old, lanes: [] })
  })

  it('[LR36] is written anew with messages, members and titles, and with nothing else', () => {
    const changed = (after: State) => indexChange(state, after).summary !== undefined
    expect(changed({ ...state, retracted: [] })).toBe(false)
    expect(
      changed({ ...state, lanes: { ...state.lanes, l1: { ...lane('l1', ['ana'], 2), serves: 1 } } }),
    ).toBe(false)
    expect(changed({ ...state, lanes: { ...state.lanes, l1: lane('l1', ['ana'], 3) } })).toBe(true)
    expect(changed({ ...state, lanes: { ...state.lanes, l3: lane('l3', ['bo'], 0) } })).toBe(true)
    expect(changed({ ...state, title: 'Other' })).toBe(true)
    expect(changed({ ...state, members: { ana: { name: 'Ana', role: 'owner' } } })).toBe(true)
  })
})
