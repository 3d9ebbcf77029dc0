import type { Message } from '@colloquy/client'
import { describe, expect, it } from 'vitest'
import { ServerTime } from '../parts/server-time.ts'
import { leftWords, nextTryWords, waitOf } from './waiting-words.ts'

const ana = { id: 'ana', name: 'Ana' }
const metadata: Message['metadata'] = {
  ...{ seq: 2, promptId: 'p1', turnId: 't1', author: ana, at: 1_000, status: 'streaming' },
}

function asking(approver: 'author' | 'moderator', mine: boolean) {
  const toolMetadata = { step: 1, effect: 'write' as const, argsHash: 'h', approver, expiresAt: 9_000 }
  const call = { type: 'dynamic-tool' as const, toolName: 'x', toolCallId: 'c1', input: {}, toolMetadata }
  const part = { ...call, state: 'approval-requested' as const, approval: { id: 'c1' } }
  return { turnId: 't1', callId: 'c1', argsHash: 'h', messageId: 'm1', author: ana, mine, part }
}

describe('why an answer says nothing now', () => {
  it.each([
    ['author', true, 'ana', 'Waits for your approval'],
    ['author', false, 'bo', 'Waits for Ana’s approval'],
    ['moderator', false, 'ana', 'Waits for a moderator’s approval'],
    ['moderator', true, 'bo', 'Waits for your approval'],
  ] as const)('[U31] whom it waits for: %s, who is the reader: %s, %s', (approver, mine, id, text) => {
    const me = { id, name: id, role: 'prompter' as const }
    const calls = [asking(approver, mine)]
    expect(waitOf(metadata, calls, me)).toEqual({ for: 'approval', text, until: 9_000 })
    expect(waitOf({ ...metadata, turnId: 't2' }, calls, me)).toBeNull()
  })

  it('[U31] a provider that is busy, and when it is asked again', () => {
    const waiting = { reason: 'PROVIDER_BUSY', at: 1_000, until: 9_000 }
    expect(waitOf({ ...metadata, waiting }, [], null)).toEqual({
      ...{ for: 'provider', text: 'Waiting: the model’s provider is busy', until: 9_000 },
    })
    expect([8_000, 7_001, 300, 0, 600_000].map(nextTryWords)).toEqual([
      ...['next try in 8 s', 'next try in 8 s', 'next try in 1 s', 'trying again', 'next try in 10 min'],
    ])
  })

  it('[U31] what has been allowed goes on when its lane is free', () => {
    const waiting = { reason: 'APPROVAL', at: 1_000, until: 9_000 }
    expect(waitOf({ ...metadata, waiting }, [], null)).toMatchObject({ for: 'lane', until: undefined })
  })

  it('[U31] the time that is left', () => {
    expect([599_000, 90_000, 400, 0].map(leftWords)).toEqual([
      ...['10 min left', '90 s left', '1 s left', 'time is up'],
    ])
  })
})

describe('the server’s time', () => {
  it('[U31] counts down rightly where the page’s clock is an hour off', () => {
    let now = 3_600_000
    const time = new ServerTime(() => now)
    time.heard(0)
    expect(time.left(8_000)).toBe(8_000)
    now += 3_000
    expect(time.left(8_000)).toBe(5_000)
    now += 6_000
    expect(time.left(8_000)).toBe(0)
  })

  it('[U31] the newest time that was heard counts, and older ones change nothing', () => {
    let now = 0
    const time = new ServerTime(() => now)
    time.heard(1_000)
    now = 1_000
    time.heard(5_000)
    time.heard(2_000)
    expect(time.left(6_000)).toBe(1_000)
  })
})
