import { describe, expect, it } from 'vitest'
import { type Journal, JournalError } from '../journal/journal.ts'
import { FINGERPRINT } from './fingerprint.fixture.ts'
import { createPeople } from './people.ts'
import { ann, clock, memoryJournal, open } from './stream.fixture.ts'
import { createWorkspace } from './workspace.ts'

const admin = { ...ann, admin: true }
const openWorkspace = async (journal: Journal) => createWorkspace(await open(journal), clock, FINGERPRINT)

describe('the workspace', () => {
  it('[I21] an admin sets its name and text, each alone too; turns and every process get them', async () => {
    const { journal, types } = memoryJournal()
    const workspace = await openWorkspace(journal)
    expect([workspace.settings().name, workspace.teamText()]).toEqual(['Colloquy', ''])
    expect(await workspace.set(admin, 'c1', { systemText: 'We build boats.' })).toEqual({
      name: 'Colloquy',
      systemText: 'We build boats.',
    })
    await workspace.set(admin, 'c2', { name: 'Boatyard' })
    const all = { name: 'Boatyard', systemText: 'We build boats.' }
    expect([workspace.settings(), workspace.teamText()]).toEqual([all, all.systemText])
    expect((await openWorkspace(journal)).settings()).toEqual(all)
    await workspace.set(admin, 'c3', { systemText: '' })
    expect(workspace.teamText()).toBe('')
    expect(types()).toEqual(['workspace.created', ...Array(3).fill('workspace.changed')])
  })

  it('[I22] nobody else may, whatever they held before', async () => {
    const { journal, state } = memoryJournal()
    const workspace = await openWorkspace(journal)
    await workspace.set(admin, 'c1', { name: 'Boatyard' })
    for (const commandId of ['c1', 'c2']) {
      await expect(workspace.set(ann, commandId, { name: 'Boatyard' })).rejects.toMatchObject({
        code: 'FORBIDDEN',
      })
    }
    expect(state.appends).toBe(1)
  })

  it('[I23] a command acts once, also at the same time and in two processes; with another body it is refused', async () => {
    const { journal, types } = memoryJournal()
    const [one, two] = await Promise.all([openWorkspace(journal), openWorkspace(journal)])
    const asked = [one, one, two].map((workspace) => workspace.set(admin, 'c1', { name: 'First' }))
    expect(new Set((await Promise.all(asked)).map(({ name }) => name))).toEqual(new Set(['First']))
    await two.set(admin, 'c2', { name: 'Second' })
    expect((await one.set(admin, 'c1', { name: 'First' })).name).toBe('First')
    expect(two.settings().name).toBe('Second')
    await expect(one.set(admin, 'c1', { name: 'Other' })).rejects.toMatchObject({ code: 'COMMAND_REUSED' })
    await expect(one.set(admin, 'c1', { systemText: 'First' })).rejects.toMatchObject({
      code: 'COMMAND_REUSED',
    })
    expect(types()).toEqual(['workspace.created', 'workspace.changed', 'workspace.changed'])
  })

  it('[I24] two processes that write at once both get through, and neither undoes what the other set', async () => {
    const { journal } = memoryJournal()
    const streams = await Promise.all([open(journal), open(journal)])
    const [one, two] = streams.map((stream) => createWorkspace(stream, clock, FINGERPRINT))
    await Promise.all([
      one?.set(admin, 'c1', { name: 'Boatyard' }),
      two?.set(admin, 'c2', { systemText: 'We build boats.' }),
      createPeople(streams[1], clock).seen(ann),
    ])
    expect((await openWorkspace(journal)).settings()).toEqual({
      name: 'Boatyard',
      systemText: 'We build boats.',
    })
  })

  it('[I25] a failed store is told; the command repeated after an unknown outcome is not doubled', async () => {
    const { journal, types, state } = memoryJournal()
    const workspace = await openWorkspace(journal)
    state.fail = new JournalError('UNAVAILABLE', 'disk')
    state.keepsWhenFailing = true
    const set = () => workspace.set(admin, 'c1', { name: 'Boatyard' })
    await expect(set()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
    expect(workspace.settings().name).toBe('Colloquy')
    expect((await set()).name).toBe('Boatyard')
    expect(workspace.settings().name).toBe('Boatyard')
    expect(types()).toEqual(['workspace.created', 'workspace.changed'])
  })

  it('[I37] turns offer all tools of the server until an admin pins some; then those, by name', async () => {
    const { journal } = memoryJournal()
    const workspace = await openWorkspace(journal)
    const all = ['web.fetch', 'notes.read', 'Z', 'a', 'notes.append'].map((name) => ({ name }))
    const offered = (of = workspace) => of.offeredTools(all).map(({ name }) => name)
    expect(offered()).toEqual(['Z', 'a', 'notes.append', 'notes.read', 'web.fetch'])
    expect(await workspace.set(admin, 'c1', { tools: ['web.fetch', 'a', 'gone'] })).toEqual({
      ...{ name: 'Colloquy', systemText: '', tools: ['web.fetch', 'a', 'gone'] },
    })
    expect(offered()).toEqual(['a', 'web.fetch'])
    await workspace.set(admin, 'c2', { name: 'Boatyard', tools: undefined })
    expect([offered(), offered(await openWorkspace(journal))]).toEqual(Array(2).fill(['a', 'web.fetch']))
    await workspace.set(admin, 'c3', { tools: [] })
    expect([offered(), workspace.settings().name]).toEqual([[], 'Boatyard'])
    await expect(workspace.set(admin, 'c3', { tools: ['a'] })).rejects.toMatchObject({
      code: 'COMMAND_REUSED',
    })
    await expect(workspace.set(ann, 'c4', { tools: ['a'] })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})
