import type { Member, Role } from '@colloquy/client'
import { expect, it } from 'vitest'
import { byRole, isOnlyOwner, removeQuestion, roleQuestion } from './member-words.ts'

const member = (id: string, role: Role): Member => ({ id, name: id.toUpperCase(), role })

it('[U67] the last owner is known as such, and nobody else', () => {
  const [ana, bo] = [member('ana', 'owner'), member('bo', 'moderator')]
  expect(isOnlyOwner('ana', [ana, bo])).toBe(true)
  expect(isOnlyOwner('bo', [ana, bo])).toBe(false)
  expect(isOnlyOwner('ana', [ana, { ...bo, role: 'owner' }])).toBe(false)
  expect(isOnlyOwner(undefined, [])).toBe(false)
})

it('[U67] members stand by role, then by name', () => {
  const all = [
    member('cy', 'viewer'),
    member('bo', 'prompter'),
    member('ana', 'prompter'),
    member('di', 'owner'),
  ]
  expect(byRole(all).map(({ id }) => id)).toEqual(['di', 'ana', 'bo', 'cy'])
})

it('[U67] what ends something or cannot be undone alone is asked about, in words that say so', () => {
  const bo = member('bo', 'prompter')
  expect(roleQuestion(bo, 'moderator', false)).toBeNull()
  expect(roleQuestion(bo, 'viewer', false)?.text).toContain('waiting and running here ends')
  expect(roleQuestion(bo, 'owner', false)?.text).toContain('you too')
  expect(roleQuestion(member('ana', 'owner'), 'viewer', true)?.text).toContain(
    'Only another owner can undo it',
  )
  expect(removeQuestion({ ...bo, name: 'B\u202eo' }).title).toBe('Take Bo out?')
})
