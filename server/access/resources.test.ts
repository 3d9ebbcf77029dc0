import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Audience } from '@colloquy/shared'
import { expect, it } from 'vitest'
import type { Journal } from '../journal/journal.ts'
import { openSqliteJournal } from '../journal/sqlite-journal.ts'
import { FINGERPRINT } from './fingerprint.fixture.ts'
import { createPeople } from './people.ts'
import type { Principal } from './principal.ts'
import { createResourceTexts } from './resource-texts.ts'
import { createResources, type GivenResource, TEXT_BYTES } from './resources.ts'
import { ann, clock, memoryJournal, open } from './stream.fixture.ts'

const person = (userId: string, ...groups: string[]): Principal => ({ ...ann, userId, name: userId, groups })

/** The resources as one process has them, with some people of whom cy and di are the crew. */
async function house(journal: Journal = memoryJournal().journal) {
  const stream = await open(journal)
  const people = createPeople(stream, clock)
  const resources = createResources({ stream, clock, fingerprint: FINGERPRINT })
  let commands = 0
  const given = { title: 'Plan', text: 'Buy wood', format: 'text' as const, audience: [] as Audience }
  for (const who of [person('ann'), person('bo'), person('cy', 'crew'), person('di', 'crew')])
    await people.seen(who)
  return {
    ...{ stream, resources },
    join: (userId: string, ...groups: string[]) => people.seen(person(userId, ...groups)),
    put: (who: string, id: string, changed: Partial<GivenResource> = {}, more: Partial<Principal> = {}) =>
      resources.put({ ...person(who), ...more }, `c${commands++}`, id, { ...given, ...changed }),
    remove: (who: string, id: string) => resources.remove(person(who), `c${commands++}`, id),
    text: async (who: string, id: string) => (await resources.read(who, id))?.text,
    listed: async (who: string) => (await resources.list(who)).map(({ title }) => title),
  }
}

it('[GR1] what I may read is listed newest first: a text that was replaced is new again', async () => {
  const { put, listed } = await house()
  for (const title of ['one', 'two', 'three']) await put('ann', title, { title, audience: 'everyone' })
  await put('bo', 'four', { title: 'four' })
  await put('ann', 'one', { title: 'one' })
  expect([await listed('ann'), await listed('cy')]).toEqual([
    ['one', 'three', 'two'],
    ['three', 'two'],
  ])
})

it('[GR1] a name means my own, else the only other one that I may read', async () => {
  const { put, text } = await house()
  const theirs = await put('ann', 'plan', { audience: 'everyone' })
  expect([await text('bo', 'plan'), await text('bo', theirs.id)]).toEqual(['Buy wood', 'Buy wood'])
  await expect(put('bo', 'plan')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  // From before ann's was to be seen, another of the same name: the name alone then says nothing to others.
  await put('ann', 'plan', { audience: [] })
  await put('bo', 'plan', { text: 'Sell', audience: 'everyone' })
  await put('ann', 'plan', { audience: 'everyone' })
  expect([await text('ann', 'plan'), await text('bo', 'plan')]).toEqual(['Buy wood', 'Sell'])
  expect([await text('cy', 'plan'), await text('cy', theirs.id)]).toEqual([undefined, 'Buy wood'])
})

it('[GR2] a group is looked up when it is named; its author and whoever is named directly need none', async () => {
  const { put, text, join, stream } = await house()
  const { id, audience } = await put('cy', 'plan', { audience: ['group:crew', 'bo'] })
  expect(audience).toEqual(['bo', 'cy', 'di'])
  expect(stream.state.resources.get(id)?.readers.through).toEqual({ di: [['crew']] })
  await join('ann', 'crew')
  await join('cy')
  expect([await text('ann', id), await text('cy', id)]).toEqual([undefined, 'Buy wood'])
})

it('[GR2] a group that has nobody else is fine; one that has nobody is unknown, and nothing is changed', async () => {
  const { put, join, resources } = await house()
  await join('ann', 'alone')
  expect((await put('ann', 'plan', { audience: ['group:alone'] })).audience).toEqual(['ann'])
  await join('ann')
  const before = resources.find('ann', 'plan')
  expect(before).toBeDefined()
  await expect(put('ann', 'plan', { audience: ['group:alone', 'zoe', 'bo'] })).rejects.toMatchObject({
    ...{ code: 'AUDIENCE_UNKNOWN', details: { unknown: ['zoe', 'group:alone'] } },
  })
  expect(resources.find('ann', 'plan')).toBe(before)
})

it('[GR4] leaving a group ends reading at once, and coming back begins it again', async () => {
  const { put, text, join, listed } = await house()
  const { id } = await put('ann', 'plan', { audience: ['group:crew'] })
  expect(await text('di', id)).toBe('Buy wood')
  await join('di')
  expect([await text('di', id), await listed('di')]).toEqual([undefined, []])
  await join('di', 'boats', 'crew')
  expect(await text('di', id)).toBe('Buy wood')
})

it('[GR4] one of several groups is enough to stay', async () => {
  const { put, text, join } = await house()
  await join('bo', 'crew', 'boats')
  const { id } = await put('ann', 'plan', { audience: ['group:crew', 'group:boats'] })
  await join('bo', 'boats')
  expect(await text('bo', id)).toBe('Buy wood')
  await join('bo', 'shore')
  expect(await text('bo', id)).toBeUndefined()
})

it('[GR4] fewer readers hold from the next reading on, in every process', async () => {
  const { journal } = memoryJournal()
  const [one, two] = [await house(journal), await house(journal)]
  const { id } = await one.put('ann', 'plan', { audience: ['bo', 'cy'] })
  expect(await two.text('bo', id)).toBe('Buy wood')
  await one.put('ann', 'plan', { audience: ['cy'] })
  expect([await two.text('bo', id), await two.text('cy', id), await one.text('bo', id)]).toEqual([
    ...[undefined, 'Buy wood', undefined],
  ])
})

it('[GR4] what is taken away while it is being read is not read', async () => {
  const { put, resources, stream } = await house()
  const { id } = await put('ann', 'plan', { audience: ['bo'] })
  const cells = stream.bodies
  stream.bodies = async (wanted) => {
    const found = await cells(wanted)
    stream.bodies = cells
    await put('ann', 'plan', { audience: [], text: 'Sell' })
    return found
  }
  expect(await resources.read('bo', id)).toBeNull()
})

it('[GR3] guests put none, and read what everyone may', async () => {
  const { put, text } = await house()
  await expect(put('guest_1', 'plan', {}, { guest: true })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  const { id } = await put('ann', 'plan', { audience: 'everyone' })
  expect(await text('guest_1', id)).toBe('Buy wood')
})

it('[GR3] whoever put it first keeps it, also when an admin replaced it', async () => {
  const { put, remove, listed } = await house()
  const { id } = await put('ann', 'plan', { audience: ['bo'] })
  const replaced = await put('bo', id, { title: 'New' }, { admin: true })
  expect(replaced).toMatchObject({ audience: ['ann', 'bo'], by: { id: 'bo' } })
  await expect(remove('bo', id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  await remove('ann', 'plan')
  expect(await listed('bo')).toEqual([])
})

it('[GR6] a person has at most 100, and the ones they have may be replaced', async () => {
  const { put, stream } = await house()
  for (let n = 0; n < 100; n++) await put('ann', `n${n}`)
  await expect(put('ann', 'one more')).rejects.toMatchObject({
    code: 'RESOURCES_FULL',
    details: { limit: 100 },
  })
  await put('ann', 'n7', { title: 'New' })
  await put('bo', 'one more')
  expect(stream.state.resources.size).toBe(101)
})

it('[GR6] a text has at most 1 MiB and is text: no half characters, no bytes, and JSON that is JSON', async () => {
  const { put, stream } = await house()
  const wrong: [Partial<GivenResource>, string][] = [
    [{ text: 'x'.repeat(TEXT_BYTES + 1) }, 'TOO_LARGE'],
    [{ text: 'a\ud800' }, 'MALFORMED'],
    [{ text: 'a\u0000b' }, 'MALFORMED'],
    [{ text: '', format: 'json' }, 'MALFORMED'],
    [{ text: '{"a":1,}', format: 'json' }, 'MALFORMED'],
  ]
  for (const [given, code] of wrong) await expect(put('ann', 'plan', given)).rejects.toMatchObject({ code })
  expect(stream.state.resources.size).toBe(0)
  await put('ann', 'plan', { text: '{"a":\t"😀"}\r\n\f'.trim(), format: 'json' })
})

it('[GR8] what a text said, once it was replaced or removed, is in no file of the store', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-resources-'))
  const journal = await openSqliteJournal({ folder })
  const { put, remove, text } = await house(journal)
  await put('ann', 'plan', { text: 'the first secret' })
  expect(await text('ann', 'plan')).toBe('the first secret')
  await put('ann', 'plan', { text: 'the second secret' })
  expect(await text('ann', 'plan')).toBe('the second secret')
  await put('ann', 'other', { text: 'the third secret' })
  await remove('ann', 'plan')
  await journal.close()
  const files = await Promise.all(
    (await readdir(folder)).map((name) => readFile(join(folder, name), 'latin1')),
  )
  const found = ['first', 'second', 'third'].map((nth) =>
    files.some((file) => file.includes(`the ${nth} secret`)),
  )
  expect(found).toEqual([false, false, true])
  await rm(folder, { recursive: true })
})

it('[GR8] texts in memory are bounded, the least read go first, and an erased one goes at once', async () => {
  const { put, stream, resources } = await house()
  const texts = createResourceTexts(stream, 40)
  let asked = 0
  const cells = stream.bodies
  stream.bodies = (wanted) => {
    asked += wanted.length
    return cells(wanted)
  }
  const [one, two, three] = await Promise.all(
    ['one', 'two', 'three'].map(async (name) => {
      await put('ann', name)
      return resources.find('ann', name)
    }),
  )
  if (!one || !two || !three) throw new Error('nothing was put')
  const reads = async (...some: (typeof one)[]) => {
    asked = 0
    for (const resource of some) expect(await texts.of(resource)).toBe('Buy wood')
    return asked
  }
  expect(await reads(one, two, one, two)).toBe(2)
  expect(await reads(one, three, one)).toBe(1)
  expect(await reads(two)).toBe(1)
  await put('ann', 'two', { text: 'Sell' })
  expect(await texts.of(two)).toBeNull()
})
