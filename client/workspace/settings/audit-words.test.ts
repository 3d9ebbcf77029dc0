import type { AuditItem } from '@colloquy/client/team'
import { expect, it } from 'vitest'
import { type AuditNames, auditSentence, utcDayWords } from './audit-words.ts'

const ana = { id: 'ana', name: 'A\u202ena' }
const names: AuditNames = {
  nameOf: (id) => ({ bo: 'Bo' })[id] ?? 'somebody who has left',
  readersOf: (laneId) => (laneId === 'main' ? null : 'Only you'),
  toolOf: (callId) => (callId === 'c1' ? 'notes.append' : undefined),
}
const call = { laneId: 'main', promptId: 'p', turnId: 't', callId: 'c1' }
const told = (item: Record<string, unknown>) => auditSentence({ at: 1, by: ana, ...item } as AuditItem, names)

it('[U68] what was done is told in plain sentences, with names that cannot pose', () => {
  expect(told({ type: 'session.renamed' })).toBe('Ana renamed the session.')
  expect(told({ type: 'member.changed', userId: 'bo', role: 'owner' })).toBe('Ana made Bo an owner.')
  expect(told({ type: 'member.changed', userId: 'bo', role: null })).toBe('Ana took Bo out.')
  expect(told({ type: 'member.changed', userId: 'ana', role: null })).toBe('Ana left.')
  expect(told({ type: 'member.changed', userId: 'ana', role: 'viewer', inviteId: 'i' })).toBe(
    'Ana came in by an invite, as a viewer.',
  )
  expect(told({ type: 'invite.made', inviteId: 'i', role: 'prompter', uses: 5, expiresAt: 9 })).toBe(
    'Ana made an invite for 5 people, as a prompter.',
  )
  expect(told({ type: 'policy.changed', withoutTools: ['a', 'b'] })).toBe(
    'Ana said that answers here do without a and b.',
  )
  expect(told({ type: 'turn.ended', ...call, end: 'failed', reason: 'PROVIDER_BUSY' })).toBe(
    'The answer to Ana failed: the model’s provider is busy.',
  )
  expect(told({ type: 'tool.approval', ...call, decision: 'allowed' })).toBe(
    'Ana allowed the call of notes.append.',
  )
  expect(told({ type: 'tool.approval', ...call, by: undefined, decision: 'expired' })).toBe(
    'Nobody allowed the call of notes.append in time.',
  )
  expect(
    told({ type: 'tool.settled', ...call, callId: 'c2', outcome: 'denied', reason: 'NOT_GRANTED' }),
  ).toBe('a tool: Whoever asked may not use this tool. It was not run.')
})

it('[U68] counts name their day', () => {
  expect(utcDayWords('2026-11-26')).toMatch(/26/)
  expect(utcDayWords('soon')).toBe('soon')
})
