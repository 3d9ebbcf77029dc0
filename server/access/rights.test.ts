import type { WorkspaceEvent } from '@colloquy/shared/workspace-events'
import { expect, it } from 'vitest'
import { FINGERPRINT } from './fingerprint.fixture.ts'
import { createGrants } from './grants.ts'
import { createPeople } from './people.ts'
import { createRights } from './rights.ts'
import { ann, clock, memoryJournal, open } from './stream.fixture.ts'

const admin = { ...ann, userId: 'root', admin: true }

async function house(journal = memoryJournal().journal) {
  const stream = await open(journal)
  const people = createPeople(stream, clock)
  const grants = createGrants(stream, clock, FINGERPRINT)
  return {
    ...{ stream, rights: createRights(stream), grants },
    seen: (userId: string, ...groups: string[]) => people.seen({ ...ann, userId, groups }),
  }
}

it('[GR13] a tool without a grant is open to everyone; people who are unknown are in no group', async () => {
  const { rights } = await house()
  expect([rights.mayUse('x', 'zoe'), rights.mayApprove('x', 'zoe'), rights.groups('zoe')]).toEqual([
    true,
    true,
    [],
  ])
  expect([rights.mayUse('constructor', 'zoe'), rights.knowsGroup('constructor')]).toEqual([true, false])
})

it('[GR13] grants name people and groups, and are looked up at each call', async () => {
  const { rights, grants, seen } = await house()
  const can = (who: string) => [rights.mayUse('web', who), rights.mayApprove('web', who)]
  await grants.set(admin, 'c1', 'web', { use: ['bo', 'group:crew'], approve: ['group:crew'] })
  expect([can('bo'), can('cy'), can('crew')]).toEqual([
    [true, false],
    [false, false],
    [false, false],
  ])
  await seen('cy', 'crew')
  expect([can('cy'), rights.knowsGroup('crew'), rights.groups('cy')]).toEqual([[true, true], true, ['crew']])
  await seen('cy')
  expect([can('cy'), rights.knowsGroup('crew')]).toEqual([[false, false], false])
  await grants.set(admin, 'c2', 'web', { use: [], approve: 'everyone' })
  expect([can('bo'), rights.mayUse('other', 'bo')]).toEqual([[false, true], true])
})

it('[GR12] only admins set grants; a command acts once, and with another body not at all', async () => {
  const { grants, rights } = await house()
  const nobody = { use: [], approve: [] }
  await expect(grants.set(ann, 'c1', 'web', nobody)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(rights.mayUse('web', 'ann')).toBe(true)
  await grants.set(admin, 'c1', 'web', nobody)
  await grants.set(admin, 'c2', 'web', { use: ['ann'], approve: [] })
  expect(await grants.set(admin, 'c1', 'web', nobody)).toEqual({ tool: 'web', ...nobody })
  expect(rights.mayUse('web', 'ann')).toBe(true)
  await expect(grants.set(admin, 'c1', 'other', nobody)).rejects.toMatchObject({ code: 'COMMAND_REUSED' })
})

it('[GR14] who watches is told of each event once it holds, those of other processes too, until they stop', async () => {
  const { journal } = memoryJournal()
  const [one, two] = [await house(journal), await house(journal)]
  const told: [WorkspaceEvent['type'], readonly string[]][] = []
  const stop = two.stream.watch(({ type }) => told.push([type, two.rights.groups('bo')]))
  await one.seen('bo', 'crew')
  expect(told).toEqual([])
  await two.stream.current()
  await two.seen('bo')
  stop()
  await two.seen('bo', 'crew')
  expect(told).toEqual([
    ['workspace.created', ['crew']],
    ['person.changed', ['crew']],
    ['person.changed', []],
  ])
})

it('[GR14] a watcher that throws fails the call and nothing else: the event holds, and the others hear of it', async () => {
  const { stream, seen, rights } = await house()
  await seen('ann')
  const heard: string[] = []
  const stop = stream.watch(() => {
    throw new Error('broken')
  })
  stream.watch(({ type }) => heard.push(type))
  await expect(seen('bo', 'crew')).rejects.toThrow('broken')
  expect([rights.groups('bo'), heard]).toEqual([['crew'], ['person.changed']])
  stop()
  await seen('bo')
  expect(rights.groups('bo')).toEqual([])
})
