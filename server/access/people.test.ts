import { describe, expect, it } from 'vitest'
import { type Append, type Journal, JournalError, type StoredEvent } from '../journal/journal.ts'
import { openPeople, WORKSPACE_STREAM } from './people.ts'
import type { Principal } from './principal.ts'

const clock = { now: () => 5, after: () => () => {} }
const ann: Principal = { userId: 'ann', name: 'Ann', groups: ['a'], admin: false, expiresAt: 9 }
const bo: Principal = { ...ann, userId: 'bo', name: 'Bo' }

/** One stream in memory with the rules of the port; `fail` is thrown by the next append. */
function memory() {
  const events: StoredEvent[] = []
  let seq = 0
  const state = { appends: 0, fail: null as Error | null, keepsWhenFailing: false }
  const keep = (batch: Append) => {
    seq++
    for (const { event } of batch.events) events.push({ seq, event })
  }
  const journal = {
    async append(stream: string, batch: Append) {
      expect(stream).toBe(WORKSPACE_STREAM)
      state.appends++
      const { fail } = state
      state.fail = null
      if (fail && state.keepsWhenFailing) keep(batch)
      if (fail) throw fail
      if (batch.expectedSeq !== seq) throw new JournalError('CONFLICT', 'position')
      keep(batch)
      return seq
    },
    load: async () => ({ seq, snapshot: null, events: [...events], docs: new Map() }),
    read: async (_stream: string, { after, limit }: { after: number; limit: number }) =>
      events.filter((event) => event.seq > after && event.seq <= after + limit),
  }
  return { journal: journal as unknown as Journal, events, state }
}
const types = (events: StoredEvent[]) => events.map(({ event }) => event.type)

describe('people of the workspace', () => {
  it('[I18] the first person makes the workspace; a person is written once until something changes', async () => {
    const { journal, events } = memory()
    const people = await openPeople(journal, clock)
    await Promise.all([people.seen(ann), people.seen(ann), people.seen(bo)])
    await people.seen({ ...ann, expiresAt: 99 })
    expect(types(events)).toEqual(['workspace.created', 'person.changed', 'person.changed'])
    await people.seen({ ...ann, groups: ['a', 'b'] })
    await people.seen({ ...ann, groups: ['a', 'b'], admin: true })
    expect(types(events).length).toBe(5)
    expect(people.get('ann')).toEqual({ userId: 'ann', name: 'Ann', groups: ['a', 'b'], admin: true })
    expect(people.get('zoe')).toBeUndefined()
  })

  it('[I19] another process sees them, and two that write at once both get through', async () => {
    const { journal, events } = memory()
    const [one, two] = await Promise.all([openPeople(journal, clock), openPeople(journal, clock)])
    await Promise.all([one.seen(ann), two.seen(bo), two.seen(ann)])
    expect(types(events)).toEqual(['workspace.created', 'person.changed', 'person.changed'])
    const late = await openPeople(journal, clock)
    expect([late.get('ann')?.name, late.get('bo')?.name]).toEqual(['Ann', 'Bo'])
  })

  it('[I20] a failed store is told; an append of unknown outcome is not doubled', async () => {
    const { journal, events, state } = memory()
    const people = await openPeople(journal, clock)
    state.fail = new JournalError('UNAVAILABLE', 'disk')
    await expect(people.seen(ann)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(people.get('ann')).toBeUndefined()
    state.fail = new JournalError('UNAVAILABLE', 'disk')
    state.keepsWhenFailing = true
    await expect(people.seen(ann)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await people.seen(ann)
    expect(types(events)).toEqual(['workspace.created', 'person.changed'])
  })
})
