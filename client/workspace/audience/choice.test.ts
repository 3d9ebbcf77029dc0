import { describe, expect, it } from 'vitest'
import {
  audienceOf,
  type Candidates,
  type Choice,
  choiceOf,
  goneFrom,
  groupPick,
  keyOf,
  laneOf,
  named,
  ONLY_ME,
  peopleOf,
  toggled,
  without,
} from './choice.ts'

const bo = { id: 'bo', name: 'Bo' }
const cy = { id: 'cy', name: 'Cy' }
const design = { id: 'design', members: ['cy', 'dee'] }
const here: Candidates = { members: [{ id: 'ana', name: 'Ana' }, bo, cy], groups: [design] }

describe('who reads, as it was picked', () => {
  it.each<[Choice, unknown]>([
    ['everyone', 'everyone'],
    [ONLY_ME, ['ana']],
    [[bo], ['ana', 'bo']],
    [
      [bo, groupPick(design)],
      ['ana', 'bo', 'group:design'],
    ],
    [[{ id: 'ana', name: 'Ana' }], ['ana']],
  ])('[U35] %j goes to the server as %j: its author is always named', (choice, audience) => {
    expect(audienceOf(choice, 'ana')).toEqual(audience)
  })

  it('[U35] a group stands for those of it who are here', () => {
    expect(peopleOf([bo, groupPick(design)], 'ana', here)).toEqual(['ana', 'bo', 'cy', 'dee'])
    expect(peopleOf('everyone', 'ana', here)).toBe('everyone')
    expect(peopleOf([groupPick({ id: 'none', members: [] })], 'ana', here)).toEqual(['ana'])
  })

  it('[U35] who was picked and has left is told, and nobody else comes in instead', () => {
    const choice = [bo, cy, groupPick(design)]
    const left: Candidates = { members: [{ id: 'ana', name: 'Ana' }, cy], groups: [] }
    expect(goneFrom(choice, left)).toEqual([bo, groupPick(design)])
    expect(goneFrom('everyone', left)).toEqual([])
    expect(without(choice, goneFrom(choice, left))).toEqual([cy])
    // All of them gone: only oneself is left, never everyone.
    expect(without([bo], goneFrom([bo], left))).toEqual(ONLY_ME)
  })

  it('[U35] picking one of a few, and taking one back', () => {
    expect(toggled('everyone', bo)).toEqual([bo])
    expect(toggled([bo], cy)).toEqual([bo, cy])
    expect(toggled([bo], bo)).toEqual(ONLY_ME)
  })

  it('[U35] the same readers are one draft, in whatever order they were picked', () => {
    expect(keyOf([bo, cy])).toBe(keyOf([cy, { ...bo, name: 'Bo the second' }]))
    expect(
      new Set(['everyone' as const, ONLY_ME, [bo], [{ id: 'everyone', name: '' }]].map(keyOf)).size,
    ).toBe(4)
  })

  it('[U35] they have a lane once something was asked there', () => {
    const main = { laneId: 'main', audience: 'everyone' as const }
    const pair = { laneId: 'l1', audience: ['ana', 'bo'] }
    const all = { laneId: 'l2', audience: ['ana', 'bo', 'cy'] }
    expect(laneOf([main, pair, all], peopleOf([bo], 'ana', here))).toBe(pair)
    expect(laneOf([main, pair], 'everyone')).toBe(main)
    expect(laneOf([main, pair, all], ['ana'])).toBeUndefined()
  })

  it('[U35] the readers of an entry can be asked again', () => {
    expect(choiceOf(['ana', 'bo'], 'ana', (id) => id.toUpperCase())).toEqual([{ id: 'bo', name: 'BO' }])
    expect(choiceOf(['ana', 'group:design'], 'ana', String)).toEqual([groupPick(design)])
    expect(choiceOf('everyone', 'ana', String)).toBe('everyone')
  })

  it('[U35] a name that is not known here is asked for, and no other', () => {
    expect(named([{ id: 'bo', name: '' }, cy], () => 'Bo now')).toEqual([{ id: 'bo', name: 'Bo now' }, cy])
    const choice = [bo, cy]
    expect(named(choice, String)).toBe(choice)
    expect(named('everyone', String)).toBe('everyone')
  })
})
