import type { Session } from '@colloquy/client'
import { type Audience, DEFAULT_LIMITS } from '@colloquy/shared'
import type { SearchAnswer, SearchHit } from '@colloquy/shared/answers'
import { describe, expect, it } from 'vitest'
import { type Cursor, searchSessions } from '../../server/session/search-sessions.ts'
import { hookedJournal, type JournalHooks, storeDown } from '../kit/faulty-journal.ts'
import { principal } from '../kit/people.ts'
import { quietModel } from '../kit/quiet-model.ts'
import { TestServer } from '../kit/server.ts'
import { say, stop, TurnHouse } from '../kit/turn-house.ts'

const path = (query: Record<string, string>) => `/search?${new URLSearchParams(query)}`
const texts = ({ hits }: Pick<SearchAnswer, 'hits'>) => hits.map(({ excerpt }) => excerpt)
/** Prompts that one person may have waiting. */
const AT_ONCE = 20
const numbered = (words: string, from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, n) => `${words} ${from + n}`)
const NOTHING = { hits: [], next: null, notRead: 0 }

/** A server whose model says "Noted." and no more, and a session of ana's. */
async function house(options: { hooks?: JournalHooks; searchesPerMinute?: number } = {}) {
  const { hooks = {}, searchesPerMinute = 100_000 } = options
  const server = await TestServer.start({
    model: quietModel,
    wrapJournal: hookedJournal(hooks),
    httpLimits: { requestsPerMinute: 1_000_000, searchesPerMinute },
  })
  const id = await server.session({ bo: 'prompter', vi: 'viewer' })
  const clients = new Map<string, Session>()
  const at = {
    server,
    id,
    /** Asks, and waits for the answer. */
    async say(who: string, text: string | string[], audience: Audience = 'everyone', sessionId = id) {
      const key = `${who} ${sessionId}`
      const client = clients.get(key) ?? server.connect(who, sessionId)
      clients.set(key, client)
      await client.ready
      const all = [text].flat()
      for (let n = 0; n < all.length; n += AT_ONCE) {
        const some = all.slice(n, n + AT_ONCE).map((one) => client.prompt(one, { audience }))
        await Promise.all((await Promise.all(some)).map(({ finished }) => finished))
      }
    },
    search(who: string | null, q: string, more: Record<string, string> = {}): Promise<SearchAnswer> {
      return server.json(who, 'GET', path({ q, ...more }))
    },
    async everyPage(who: string, q: string, more: Record<string, string> = {}): Promise<SearchHit[][]> {
      const pages: SearchHit[][] = []
      for (let before: string | null = ''; before !== null; ) {
        const page: SearchAnswer = await at.search(who, q, before === '' ? more : { ...more, before })
        pages.push(page.hits)
        before = page.next
      }
      return pages
    },
    /** Status and body of an answer, as they came. */
    async raw(who: string, query: Record<string, string>): Promise<string> {
      const response = await server.fetch(who, 'GET', path(query))
      return `${response.status} ${await response.text()}`
    },
  }
  return at
}

describe('a search', () => {
  it('[LR43] finds what has all of the words, in whatever case and accents, and tells where and by whom', async () => {
    const at = await house()
    await at.say('bo', 'The CAFÉ on the corner: a table for ten')
    await at.say('ana', 'A table, without coffee')
    const { hits, ...rest } = await at.search('ana', 'table cafe')
    expect(rest).toEqual({ next: null, notRead: 0 })
    expect(hits).toEqual([
      {
        sessionId: at.id,
        title: 'Test',
        messageId: expect.any(String),
        laneId: 'main',
        seq: 1,
        audience: 'everyone',
        readers: [],
        role: 'user',
        author: { id: 'bo', name: 'bo' },
        at: expect.any(Number),
        excerpt: 'The CAFÉ on the corner: a table for ten',
        marks: [
          [4, 8],
          [26, 31],
        ],
      },
    ])
    expect(await at.search('ana', 'noted')).toMatchObject({ hits: [{ role: 'assistant' }, { seq: 2 }] })
    expect(await at.search('ana', 'coffee corner')).toEqual(NOTHING)
  })

  it('[LR44] finds nothing in lanes that its asker does not read, whatever their role; a viewer finds what they read', async () => {
    const at = await house()
    await at.say('bo', 'the open secret')
    await at.say('bo', 'the hidden secret', [])
    await at.say('bo', 'the shared secret', ['vi'])
    expect(texts(await at.search('bo', 'secret'))).toEqual([
      'the shared secret',
      'the hidden secret',
      'the open secret',
    ])
    expect(texts(await at.search('ana', 'secret'))).toEqual(['the open secret'])
    const { hits } = await at.search('vi', 'secret')
    expect(hits).toMatchObject([
      {
        excerpt: 'the shared secret',
        audience: ['bo', 'vi'],
        readers: [
          { id: 'bo', name: 'bo' },
          { id: 'vi', name: 'vi' },
        ],
      },
      { excerpt: 'the open secret', audience: 'everyone' },
    ])
    expect(await at.search('eve', 'secret')).toEqual(NOTHING)
  })

  it('[LR44] is answered byte for byte alike whatever others have in hidden lanes, on every page', async () => {
    const at = await house()
    await at.say('bo', numbered('plan', 1, 33))
    const { next } = await at.search('ana', 'plan')
    const pages: Record<string, string>[] = [
      { q: 'plan' },
      { q: 'plan', before: next ?? '' },
      { q: 'nothing of the kind' },
      { q: 'plan', session: at.id },
    ]
    const before = await Promise.all(pages.map((page) => at.raw('ana', page)))
    await at.say('bo', numbered(`hidden plan ${'x'.repeat(2_000)}`, 1, 12), [])
    expect(await Promise.all(pages.map((page) => at.raw('ana', page)))).toEqual(before)
  })

  it('[LR45] knows nothing of what was taken back, nor of its copies', async () => {
    const at = await house()
    await at.say('bo', 'the password is swordfish', [])
    const [hit] = (await at.search('bo', 'swordfish')).hits
    const share = `/sessions/${at.id}/messages/${hit?.messageId}/share`
    await at.server.json('bo', 'POST', share, { audience: 'everyone' })
    expect((await at.search('ana', 'swordfish')).hits).toHaveLength(1)
    await at.server.json('bo', 'DELETE', `/sessions/${at.id}/messages/${hit?.messageId}`)
    for (const who of ['ana', 'bo', 'vi']) expect(await at.search(who, 'swordfish')).toEqual(NOTHING)
  })

  it('[LR45] does not tell what is taken back, nor where somebody is removed, while it looks', async () => {
    const at = await house()
    const other = await at.server.session({ bo: 'prompter' })
    for (const id of [other, at.id]) await at.say('ana', 'keep this in mind', 'everyone', id)
    await at.say('ana', 'swordfish, in mind')
    const taken = (await at.search('ana', 'swordfish')).hits[0]?.messageId
    let held = 0
    const { sessions } = at.server
    // As the second session is opened, the first has been looked through.
    const holding: Pick<typeof sessions, 'mine' | 'open'> = {
      mine: (actor) => sessions.mine(actor),
      async open(id) {
        if (++held === 2) {
          await at.server.json('ana', 'DELETE', `/sessions/${at.id}/messages/${taken}`)
          await at.server.json('ana', 'DELETE', `/sessions/${other}/members/bo`)
        }
        return sessions.open(id)
      },
    }
    const { signal } = new AbortController()
    const found = await searchSessions(holding, principal('bo'), { words: ['mind'], signal })
    expect(held).toBeGreaterThan(2)
    expect(texts(found)).toEqual(['keep this in mind'])
    expect(found.hits[0]?.sessionId).toBe(at.id)
  })

  it('[LR46] goes through all sessions, last active first, and in each from the newest message to the first', async () => {
    const at = await house()
    const other = await at.server.session({ bo: 'prompter' })
    await at.say('bo', 'plan one')
    await at.say('bo', 'plan two', [], other)
    await at.say('bo', 'plan three', 'everyone', other)
    await at.say('bo', 'plan four', [])
    expect(texts(await at.search('bo', 'plan'))).toEqual(['plan three', 'plan two', 'plan four', 'plan one'])
    expect(texts(await at.search('bo', 'plan', { session: at.id }))).toEqual(['plan four', 'plan one'])
    expect(await at.server.refusal('eve', 'GET', path({ q: 'plan', session: at.id }))).toBe('404 NOT_FOUND')
    expect(await at.server.refusal('bo', 'GET', path({ q: 'plan', session: 's_none' }))).toBe('404 NOT_FOUND')
  })

  it('[LR46] comes in pages of 30 that together hold each hit once, while things go on', async () => {
    const at = await house()
    const other = await at.server.session({ bo: 'prompter' })
    await at.say('bo', numbered('plan', 1, 25), 'everyone', other)
    for (let n = 26; n <= 70; n += 5) await at.say('bo', numbered('plan', n, n + 4), n % 2 ? [] : 'everyone')
    const all = await at.everyPage('bo', 'plan')
    expect(all.map((hits) => hits.length)).toEqual([30, 30, 10])
    expect(all.flat().map(({ excerpt }) => Number(excerpt.slice(5)))).toEqual(
      Array.from({ length: 70 }, (_, n) => 70 - n),
    )
    const first = await at.search('bo', 'plan')
    await at.say('bo', 'a plan meanwhile')
    const second = await at.search('bo', 'plan', { before: first.next ?? '' })
    expect(texts(second)).toEqual(all[1]?.map(({ excerpt }) => excerpt))
  })

  it('[LR46] a session in which something happens before it was looked at is not missed', async () => {
    const at = await house()
    const other = await at.server.session({ bo: 'prompter' })
    await at.say('bo', 'plan of old', 'everyone', other)
    await at.say('bo', numbered('plan', 0, 30))
    const { next } = await at.search('bo', 'plan')
    await at.say('bo', 'something else', 'everyone', other)
    const rest = await at.search('bo', 'plan', { before: next ?? '' })
    expect(texts(rest)).toEqual(['plan 0', 'plan of old'])
    expect(rest.next).toBeNull()
  })

  it('[LR46] finds what memory no longer holds, as an export has it, however little is looked at at once', async () => {
    const at = await TurnHouse.start()
    at.limits = { ...DEFAULT_LIMITS, segmentMessages: 60 }
    await at.reopen()
    const audiences: Audience[] = ['everyone', ['bo'], [], 'everyone', 'everyone', 'everyone']
    for (let n = 0; n < 330; n++) {
      const [who, audience] = [n % 2 ? 'ana' : 'bo', audiences[n % audiences.length] ?? 'everyone']
      await at.ask(who, `${n % 4 ? 'hay' : 'Needle'} ${n}`, [[say(`needles ${n}`), stop]], audience)
      if (n % 15 === 0) await at.ended()
    }
    await at.ended()
    const { main } = at.session.state.lanes
    expect(main?.entries[0]?.seq).toBeGreaterThan(1)
    const sessions = {
      mine: async () => [{ id: 's', title: 'Test', createdAt: 1, activeAt: 2, lanes: [], here: [] }],
      open: async () => at.session,
    }
    for (const who of ['ana', 'bo', 'mo']) {
      const told = (await at.told(who)).filter(({ parts }) => /needle/i.test(JSON.stringify(parts)))
      const found: SearchHit[] = []
      let pages = 0
      for (let from: Cursor | null = null; pages === 0 || from; pages++) {
        const search = { words: ['needle'], signal: new AbortController().signal, ...(from ? { from } : {}) }
        const limits = { hits: 30, messages: 70, sessions: 1 }
        const { hits, next } = await searchSessions(sessions, principal(who), search, limits)
        expect(hits.length).toBeLessThanOrEqual(30)
        found.push(...hits)
        from = next
      }
      expect(pages).toBeGreaterThan(5)
      expect(found.map(({ messageId }) => messageId).sort()).toEqual(told.map(({ id }) => id).sort())
      expect(found.map(({ at }) => at)).toEqual(found.map(({ at }) => at).sort((a, b) => b - a))
      const inMain = found.flatMap(({ laneId, seq }) => (laneId === 'main' ? [seq] : []))
      expect(inMain).toEqual(inMain.toSorted((a, b) => b - a))
    }
  })

  it('[LR47] whoever is removed finds nothing more there; a guest finds what is said in their session', async () => {
    const at = await house()
    await at.say('ana', 'the plan')
    const made = { role: 'prompter', expiresIn: 60_000, uses: 1 }
    const { code } = await at.server.json('ana', 'POST', `/sessions/${at.id}/invites`, made)
    const accept = `/sessions/${at.id}/invites/${code}/accept`
    const { token } = await at.server.json(null, 'POST', accept, { name: 'Gus' })
    const headers = { authorization: `Bearer ${token}` }
    const asGuest = await fetch(`${at.server.url}/api/v1${path({ q: 'plan' })}`, { headers })
    expect(texts((await asGuest.json()) as SearchAnswer)).toEqual(['the plan'])
    expect(texts(await at.search('bo', 'plan'))).toEqual(['the plan'])
    await at.server.json('ana', 'DELETE', `/sessions/${at.id}/members/bo`)
    expect(await at.search('bo', 'plan')).toEqual(NOTHING)
    expect(await at.server.refusal('bo', 'GET', path({ q: 'plan', session: at.id }))).toBe('404 NOT_FOUND')
    expect(await at.server.refusal(null, 'GET', path({ q: 'plan' }))).toBe('401 UNAUTHENTICATED')
  })

  it('[LR48] takes every text for words: patterns, emoji and NUL, and refuses what has none or is too long', async () => {
    const at = await house()
    await at.say('bo', 'a.*(b)[c]{1,}^$\\d+? and 🎉🎉 100% "so"')
    for (const q of ['.*(b)[c]', '^$\\d+?', '🎉', '100%', '"so"', '\0🎉\0']) {
      expect((await at.search('ana', q)).hits, q).toHaveLength(1)
    }
    for (const q of ['a.b', '(((((((((a+)+)+)+)+', '🎉'.repeat(200), 'e\u0301'.repeat(100)])
      expect(await at.search('ana', q), q).toEqual(NOTHING)
    const malformed = [
      ...[{}, { q: '' }, { q: ' \n\t ' }, { q: '\0' }, { q: '\u0301\u200b' }, { q: '🎉'.repeat(201) }],
      ...[
        { q: 'a', before: 'x' },
        { q: 'a', before: '' },
        { q: 'a', before: btoa('{"place":[]}') },
      ],
      ...[
        { q: 'a', page: '2' },
        { q: 'a', session: '' },
        { q: 'a', session: '__proto__' },
      ],
    ]
    for (const query of malformed)
      expect(await at.server.refusal('ana', 'GET', path(query as Record<string, string>))).toBe(
        '400 MALFORMED',
      )
    expect((await at.server.fetch('ana', 'GET', '/search?q=%ff%fe')).status).toBeLessThan(500)
  })

  it('[LR48] a `next` that somebody made up opens nothing', async () => {
    const at = await house()
    await at.say('bo', 'the hidden plan', [])
    const { laneId } = (await at.search('bo', 'hidden')).hits[0] ?? { laneId: '' }
    const forged = { asOf: 9e15, sessionId: at.id, rank: -9e15, place: [[laneId, 1e9]] }
    for (const who of ['ana', 'eve']) {
      const before = Buffer.from(JSON.stringify(forged)).toString('base64url')
      expect(await at.search(who, 'plan', { before })).toEqual(NOTHING)
    }
  })

  it('[LR49] one session that cannot be read is counted, and the others are told', async () => {
    const hooks: JournalHooks = {}
    const at = await house({ hooks })
    const other = await at.server.session({ bo: 'prompter' })
    await at.say('bo', 'the plan')
    await at.say('bo', 'the plan there', 'everyone', other)
    await at.server.restart()
    hooks.load = async (call, [stream]) => {
      if (stream === other) throw storeDown()
      return call()
    }
    expect(await at.search('bo', 'plan')).toMatchObject({ hits: [{ excerpt: 'the plan' }], notRead: 1 })
    expect(await at.server.refusal('bo', 'GET', path({ q: 'plan', session: other }))).toBe(
      '503 STORE_UNAVAILABLE',
    )
  })

  it('[LR49] has a rate of its own for each person, and one at a time of theirs runs', async () => {
    const at = await house({ searchesPerMinute: 3 })
    await at.say('bo', 'the plan')
    const many = await Promise.all([1, 2, 3].map(() => at.search('ana', 'plan')))
    expect(many.map(({ hits }) => hits.length)).toEqual([1, 1, 1])
    const refused = await at.server.fetch('ana', 'GET', path({ q: 'plan' }))
    expect([refused.status, Number(refused.headers.get('retry-after')) > 0]).toEqual([429, true])
    expect((await at.search('bo', 'plan')).hits).toHaveLength(1)
    expect((await at.server.json('ana', 'GET', '/sessions')).sessions).toHaveLength(1)
  })
})
