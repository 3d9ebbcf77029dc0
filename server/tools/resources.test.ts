import { type Audience, RESULT_LENGTH, type Readers } from '@colloquy/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FINGERPRINT } from '../access/fingerprint.fixture.ts'
import { createPeople } from '../access/people.ts'
import { createResources, type GivenResource } from '../access/resources.ts'
import { ann, clock, memoryJournal, open } from '../access/stream.fixture.ts'
import { scoreOf, snippetOf, termsOf } from './resource-score.ts'
import { createResourceTools } from './resources.ts'
import type { Tool } from './tool.ts'

type Found = { results: { id: string; title: string; snippet: string }[]; more?: number }

async function house() {
  const stream = await open(memoryJournal().journal)
  const people = createPeople(stream, clock)
  const resources = createResources({ stream, clock, fingerprint: FINGERPRINT })
  const [read, search] = createResourceTools(resources) as [Tool, Tool]
  let commands = 0
  const join = (userId: string, ...groups: string[]) => people.seen({ ...ann, userId, name: userId, groups })
  for (const who of ['ann', 'bo']) await join(who)
  let sessionId = 's_1'
  const asker = (userId: string, readers: Readers) => ({
    principal: { userId, name: userId },
    ...{ readers, sessionId },
  })
  const call = (tool: Tool, args: object, userId: string, readers: Readers = { audience: 'everyone' }) => {
    const context = { ...asker(userId, readers), key: 'k', signal: new AbortController().signal }
    return tool.run(tool.input.parse(args), context)
  }
  return {
    ...{ read, search, join, resources },
    goTo: (id: string) => {
      sessionId = id
    },
    async put(who: string, id: string, given: Partial<GivenResource> = {}) {
      const whole = {
        title: id,
        text: 'Buy wood',
        format: 'text' as const,
        audience: [] as Audience,
        ...given,
      }
      const person = { ...ann, userId: who, name: who }
      return (await resources.put(person, `c${commands++}`, id, whole)).id
    },
    remove: (who: string, id: string) => resources.remove({ ...ann, userId: who }, `c${commands++}`, id),
    audienceOf: (tool: Tool, args: object, userId: string, readers: Readers = { audience: 'everyone' }) =>
      tool.audience(tool.input.parse(args), asker(userId, readers)),
    readBy: (userId: string, id: string, readers?: Readers, more: object = {}) =>
      call(read, { id, ...more }, userId, readers) as Promise<Record<string, unknown>>,
    async searchBy(userId: string, query: string, readers?: Readers) {
      const { results } = (await call(search, { query }, userId, readers)) as Found
      return results.map(({ title }) => title)
    },
    searched: (userId: string, query: string) => call(search, { query }, userId) as Promise<Found>,
  }
}
const only = (...people: string[]): Readers => ({ audience: people })

describe('resource.read', () => {
  it('[GR9] its audience is that of the resource: who asks decides nothing more', async () => {
    const { put, join, read, audienceOf, readBy } = await house()
    await join('cy', 'crew')
    const id = await put('ann', 'plan', { audience: ['group:crew'] })
    const readers = { audience: ['ann', 'cy'], through: { cy: [['crew']] } }
    expect([audienceOf(read, { id }, 'ann'), audienceOf(read, { id }, 'cy')]).toEqual([readers, readers])
    expect(await readBy('cy', id, readers)).toEqual({
      ...{ id, title: 'plan', format: 'text', by: 'ann', updatedAt: '1970-01-01T00:00:00.005Z' },
      ...{ length: 8, from: 0, text: 'Buy wood' },
    })
    expect(read).toMatchObject({ effect: 'read', replay: 'safe' })
    expect(read).not.toHaveProperty('approver')
  })

  it('[GR5] one that the asker may not read is as one that does not exist: readers, words and all', async () => {
    const { put, read, audienceOf, readBy } = await house()
    const hidden = await put('ann', 'plan')
    for (const lane of [only('bo'), only('ann', 'bo'), { audience: 'everyone' as const }]) {
      const errors = []
      for (const id of [hidden, 'plan', 'nothing']) {
        expect(audienceOf(read, { id }, 'bo', lane)).toBe(lane)
        errors.push(await readBy('bo', id, lane).catch((error: Error) => `${error.name} ${error.message}`))
      }
      expect(errors).toEqual(Array(3).fill('ToolError There is no such resource.'))
    }
  })

  it('[GR9] readers that changed after the call was prepared are told to ask again, and get nothing', async () => {
    const { put, readBy } = await house()
    const id = await put('ann', 'plan', { audience: ['bo'] })
    expect(await readBy('ann', id, only('ann', 'bo'))).toMatchObject({ text: 'Buy wood' })
    await put('ann', 'plan', { audience: [] })
    await expect(readBy('ann', id, only('ann', 'bo'))).rejects.toThrow(
      'readers of this resource have changed',
    )
    await expect(readBy('bo', id, only('ann', 'bo'))).rejects.toThrow('There is no such resource.')
    expect(await readBy('ann', id, only('ann'))).toMatchObject({ text: 'Buy wood' })
  })

  it('[GR9] somebody who left the group and still receives the lane keeps its text out of that lane', async () => {
    const { put, join, readBy, searchBy } = await house()
    await join('bo', 'crew')
    const id = await put('ann', 'plan', { audience: ['group:crew'] })
    const through = { audience: ['ann', 'bo'], through: { bo: [['crew']] } }
    for (const lane of [only('ann', 'bo'), through]) {
      expect(await readBy('ann', id, lane)).toMatchObject({ text: 'Buy wood' })
    }
    await join('bo')
    await expect(readBy('ann', id, only('ann', 'bo'))).rejects.toThrow('have changed')
    expect(await searchBy('ann', 'wood', only('ann', 'bo'))).toEqual([])
    expect(await readBy('ann', id, through)).toMatchObject({ text: 'Buy wood' })
  })

  it('[GR9] it returns 32,000 characters from where it is asked, whole ones, and fits in a result', async () => {
    const { put, readBy } = await house()
    const text = `${'"'.repeat(31_999)}😀${'\n'.repeat(32_000)}end`
    const id = await put('ann', 'x'.repeat(200), { text, title: '"'.repeat(200), audience: 'everyone' })
    let read = ''
    for (let from: unknown = 0; typeof from === 'number'; ) {
      const page = await readBy('ann', id, undefined, { from })
      expect(JSON.stringify(page).length).toBeLessThan(RESULT_LENGTH)
      expect(String(page.text).isWellFormed()).toBe(true)
      read += page.text
      from = page.next
    }
    expect(read).toBe(text)
    expect(await readBy('ann', id, undefined, { from: 32_000 })).toMatchObject({ from: 31_999 })
    expect(await readBy('ann', id, undefined, { from: 99_999 })).toMatchObject({ text: '', from: 99_999 })
  })
})

describe('resource.search', () => {
  it('[GR10] it finds what all of the lane may read, and for its author alone all that they may', async () => {
    const { put, searchBy, search, audienceOf } = await house()
    await put('ann', 'all', { audience: 'everyone' })
    await put('ann', 'both', { audience: ['bo'] })
    await put('ann', 'own')
    await put('bo', 'other')
    expect(await searchBy('ann', 'wood')).toEqual(['all'])
    expect(await searchBy('ann', 'wood', only('ann', 'bo'))).toEqual(['all', 'both'])
    expect(await searchBy('ann', 'wood', only('ann'))).toEqual(['all', 'both', 'own'])
    const lane = only('ann', 'bo')
    expect(audienceOf(search, { query: 'x' }, 'ann', lane)).toBe(lane)
    expect(audienceOf(search, { query: 'x', mine: false }, 'ann', lane)).toBe(lane)
    expect(audienceOf(search, { query: 'x', mine: true }, 'ann', lane)).toEqual(['ann'])
  })

  it('[GR10] a search names the best 20 with a piece of each, how many more there are, and no readers', async () => {
    const { put, searched } = await house()
    for (let n = 0; n < 23; n++)
      await put('ann', `n${n}`, { text: '"wood" '.repeat(99), audience: 'everyone' })
    const found = await searched('ann', 'WOOD')
    expect([found.results.length, found.more]).toEqual([20, 3])
    expect(Object.keys(found.results[0] ?? {})).toEqual(['id', 'title', 'format', 'snippet'])
    expect(JSON.stringify(found).length).toBeLessThan(RESULT_LENGTH)
    await expect(searched('ann', '?!')).rejects.toMatchObject({ name: 'ToolError' })
  })

  it('[GR5] what the asker or the lane may not read changes nothing of what a search returns', async () => {
    const { put, searched, remove } = await house()
    for (const id of ['a', 'b']) await put('bo', id, { audience: 'everyone' })
    const before = await searched('bo', 'wood')
    for (const id of ['c', 'd']) await put('ann', id, { text: 'wood '.repeat(9) })
    expect(await searched('bo', 'wood')).toEqual(before)
    await remove('ann', 'c')
    expect(await searched('bo', 'wood')).toEqual(before)
  })

  it('[GR11] the order of two does not change when others are put, changed or removed', async () => {
    const word = fc.constantFrom('wood', 'paint', 'boat', 'sail', 'rope')
    const text = fc.array(word, { maxLength: 6 }).map((words) => words.join(' '))
    const others = fc.array(fc.tuple(fc.constantFrom('x', 'y', 'z'), fc.option(text)), { maxLength: 4 })
    await fc.assert(
      fc.asyncProperty(text, text, others, text, async (a, b, changes, query) => {
        fc.pre(query !== '')
        const { put, remove, searchBy, resources } = await house()
        await put('ann', 'a', { text: a, audience: 'everyone' })
        await put('ann', 'b', { text: b, audience: 'everyone' })
        const before = await searchBy('ann', query)
        for (const [id, changed] of changes) {
          if (changed !== null) await put('ann', id, { text: changed, audience: 'everyone' })
          else if (resources.find('ann', id)) await remove('ann', id)
        }
        const after = (await searchBy('ann', query)).filter((title) => title === 'a' || title === 'b')
        expect(after).toEqual(before)
      }),
      { numRuns: 40 },
    )
  })
})

describe('the score', () => {
  const score = (title: string, text: string, query: string) =>
    scoreOf(title, text, termsOf(query))?.score ?? 0

  it('[GR11] more of the words count most, then the title, then how often', () => {
    const ordered = [
      score('x', 'wood and paint', 'wood paint'),
      score('Wood', 'wood', 'wood paint'),
      score('x', 'wood wood', 'wood paint'),
      score('x', 'wood', 'wood paint'),
      score('x', 'driftwood', 'wood paint'),
    ]
    expect(ordered).toEqual([...ordered].sort((a, b) => b - a))
    expect(new Set(ordered).size).toBe(5)
    expect(ordered.at(-1)).toBe(0)
  })

  it('[GR11] words are found in any case and script, and no word is a pattern', () => {
    expect(score('x', 'ÜBER die Brücke', 'über BRÜCKE')).toBe(202)
    expect(score('x', '我们建造木船', '木船')).toBe(101)
    expect(termsOf('a.*b (c|d) $')).toEqual(['a', 'b', 'c', 'd'])
  })

  it('[GR10] a piece of a text is one line around the word, of whole characters', () => {
    const text = `${'😀'.repeat(60)}a\n\twood${'😀'.repeat(200)}`
    for (const at of [text.indexOf('wood'), text.indexOf('wood') + 1]) {
      const snippet = snippetOf(text, at)
      expect([snippet.isWellFormed(), snippet.includes('a wood'), snippet.length <= 304]).toEqual([
        ...[true, true, true],
      ])
    }
  })
})
