import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/kit/clock.ts'
import { principal } from '../../test/kit/people.ts'
import { createTickets } from './tickets.ts'

const ORIGIN = 'https://team.example'

describe('tickets', () => {
  it('[T1] a ticket opens each doc of its session once, for the person it was issued to', () => {
    const tickets = createTickets({ clock: new ManualClock() })
    const { ticket } = tickets.issue(principal('ann'), 's1', ORIGIN)
    expect(tickets.redeem(ticket, 's1', 's1/main@1', ORIGIN)).toEqual(principal('ann'))
    expect(tickets.redeem(ticket, 's1', 's1/main~board@1', ORIGIN)).toEqual(principal('ann'))
    expect(tickets.redeem(ticket, 's1', 's1/main@1', ORIGIN)).toBeNull()
  })

  it('[T2] it is good for one session, one Origin and 60 s', () => {
    const clock = new ManualClock()
    const tickets = createTickets({ clock })
    const { ticket, expiresAt } = tickets.issue(principal('ann'), 's1', ORIGIN)
    expect(expiresAt).toBe(clock.now() + 60_000)
    expect(tickets.redeem(ticket, 's2', 's2/main@1', ORIGIN)).toBeNull()
    expect(tickets.redeem(ticket, 's1', 's1/main@1', 'https://evil.example')).toBeNull()
    expect(tickets.redeem(ticket, 's1', 's1/main@1', undefined)).toBeNull()
    clock.advance(59_999)
    expect(tickets.redeem(ticket, 's1', 's1/main@1', ORIGIN)).not.toBeNull()
    clock.advance(1)
    expect(tickets.redeem(ticket, 's1', 's1/main@2', ORIGIN)).toBeNull()
  })

  it('[T2] it does not outlive the identity behind it', () => {
    const clock = new ManualClock()
    const tickets = createTickets({ clock })
    const who = { ...principal('ann'), expiresAt: clock.now() + 1_000 }
    const { ticket } = tickets.issue(who, 's1', undefined)
    clock.advance(1_000)
    expect(tickets.redeem(ticket, 's1', 's1/main@1', undefined)).toBeNull()
  })

  it('[T3] it carries 256 random bits', () => {
    const tickets = createTickets({ clock: new ManualClock() })
    const issued = Array.from({ length: 50 }, () => tickets.issue(principal('ann'), 's1', undefined).ticket)
    expect(new Set(issued).size).toBe(50)
    for (const ticket of issued) expect(Buffer.from(ticket, 'base64url')).toHaveLength(32)
  })

  it('[T4] a person has at most 200 outstanding: the oldest lapse, and nobody else’s', () => {
    const tickets = createTickets({ clock: new ManualClock() })
    const other = tickets.issue(principal('ben'), 's1', undefined).ticket
    const issued = Array.from({ length: 201 }, () => tickets.issue(principal('ann'), 's1', undefined).ticket)
    const opens = (ticket = '') => tickets.redeem(ticket, 's1', 's1/main@1', undefined) !== null
    expect(opens(issued[0])).toBe(false)
    expect(opens(issued[1])).toBe(true)
    expect(opens(issued[200])).toBe(true)
    expect(opens(other)).toBe(true)
  })
})
