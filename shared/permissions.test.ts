import { expect, it } from 'vitest'
import { ACTIONS, leastRole, may } from './permissions.ts'
import { ROLES } from './roles.ts'

it('[GR16] each role may do what the ones below it may', () => {
  for (const action of ACTIONS) {
    const allowed = ROLES.map((role) => may(role, action))
    // From the highest role downwards: once one may not, none below it may.
    expect(allowed, action).toEqual([...allowed].sort((a, b) => Number(b) - Number(a)))
    expect(may('owner', action), action).toBe(true)
  }
})

it('[GR16] the least role of an act may do it, and whoever has no role may do nothing', () => {
  for (const action of ACTIONS) {
    expect(may(leastRole(action), action)).toBe(true)
    expect(may(undefined, action)).toBe(false)
  }
})
