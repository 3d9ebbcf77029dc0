import { describe, expect, it } from 'vitest'
import { type Journal, JournalError } from '../journal/journal.ts'
import { createPeople } from './people.ts'
import type { Principal } from './principal.ts'
import { ann, clock, memoryJournal, open } from './stream.fixture.ts'

const bo: Principal = { ...ann, userId: 'bo', name: 'Bo' }
const openPeople = async (journal: Journal) => createPeople(await open(journal), clock)

describe('people of the workspace', () => {
  it('[I18] the first person makes the workspace; a person is written once until something changes', async () => {
    const { journal, types } = memoryJournal()
    const people = await openPeople(journal)
    await Promise.all([people.seen(ann), people.seen(ann), people.seen(bo)])
    await people.seen({ ...ann, expiresAt: 99 })
    expect(types()).toEqual(['workspace.created', 'person.changed', 'person.changed'])
    await people.seen({ ...ann, groups: ['a', 'b'] })
    await people.seen({ ...ann, groups: ['a', 'b'], admin: true })
    expect(types().length).toBe(5)
    expect(people.get('ann')).toEqual({
      userId: 'ann',
      name: 'Ann',
      groups: ['a', 'b'],
      admin: true,
      issuedAt: 5,
    })
    expect(people.get('zoe')).toBeUndefined()
  })

  it('[I33] of two proofs that hold, the newer one counts, however often the older one is used', async () => {
    const { journal, types } = memoryJournal()
    const people = await openPeople(journal)
    const older = { ...ann, groups: ['a'], issuedAt: 2 }
    const newer = { ...ann, groups: ['a', 'b'], issuedAt: 3 }
    for (let i = 0; i < 3; i++) for (const proof of [older, newer]) await people.seen(proof)
    expect(people.get('ann')).toMatchObject({ groups: ['a', 'b'], issuedAt: 3 })
    expect(types().length).toBe(3)
    const late = await openPeople(journal)
    await late.seen(older)
    expect(late.get('ann')?.groups).toEqual(['a', 'b'])
    await late.seen({ ...older, issuedAt: 4 })
    expect([late.get('ann')?.groups, types().length]).toEqual([['a'], 4])
  })

  it('[I33] an older proof proves who somebody is, and nothing of what they may', async () => {
    const people = await openPeople(memoryJournal().journal)
    const older = { ...ann, admin: true, name: 'Old', issuedAt: 2 }
    await people.seen(older)
    await people.seen({ ...ann, issuedAt: 3 })
    expect(await people.seen(older)).toEqual({ ...older, admin: false, name: 'Ann' })
  })

  it('[I33] a newer proof that says nothing new outdates the older ones, too', async () => {
    const { journal, types } = memoryJournal()
    const people = await openPeople(journal)
    await people.seen({ ...ann, groups: ['a'], issuedAt: 1 })
    await people.seen({ ...ann, groups: ['a'], issuedAt: 4 })
    expect((await people.seen({ ...ann, groups: ['b'], issuedAt: 3 })).groups).toEqual(['a'])
    expect(types().length).toBe(2)
  })

  it('[I33] a proof that does not say when it was made counts as made now; none is of the future', async () => {
    const people = await openPeople(memoryJournal().journal)
    await people.seen({ ...ann, issuedAt: 9_000 })
    expect(people.get('ann')?.issuedAt).toBe(5)
    await people.seen({ ...ann, groups: [] })
    expect(people.get('ann')?.groups).toEqual([])
  })

  it('[I19] another process sees them, and two that write at once both get through', async () => {
    const { journal, types } = memoryJournal()
    const [one, two] = await Promise.all([openPeople(journal), openPeople(journal)])
    await Promise.all([one.seen(ann), two.seen(bo), two.seen(ann)])
    expect(types()).toEqual(['workspace.created', 'person.changed', 'person.changed'])
    const late = await openPeople(journal)
    expect([late.get('ann')?.name, late.get('bo')?.name]).toEqual(['Ann', 'Bo'])
  })

  it('[I20] a failed store is told; an append of unknown outcome is not doubled', async () => {
    const { journal, types, state } = memoryJournal()
    const people = await openPeople(journal)
    state.fail = new JournalError('UNAVAILABLE', 'disk')
    await expect(people.seen(ann)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(people.get('ann')).toBeUndefined()
    state.fail = new JournalError('UNAVAILABLE', 'disk')
    state.keepsWhenFailing = true
    await expect(people.seen(ann)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    await people.seen(ann)
    expect(types()).toEqual(['workspace.created', 'person.changed'])
  })
})
