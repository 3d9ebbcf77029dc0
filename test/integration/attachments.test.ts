import { randomUUID } from 'node:crypto'
import type { Message } from '@colloquy/client'
import type { Audience } from '@colloquy/shared'
import { withAttached } from '@colloquy/shared/attachments'
import { describe, expect, it } from 'vitest'
import { bombPdf, lockedPdf, pdfOf, picturePdf } from '../kit/pdf.ts'
import { TestServer } from '../kit/server.ts'

interface Given {
  audience?: Audience
  session?: string
  name?: string
  /** Instead of a new one. */
  id?: string
  token?: string
}

/** A server with a session of ana's in which bo asks and vi only reads; cy is of the workspace. */
async function house() {
  const server = await TestServer.start()
  const session = await server.session({ bo: 'prompter', vi: 'viewer' })
  for (const who of ['bo', 'vi', 'cy']) await server.json(who, 'GET', '/me')
  /** As a browser sends a file. */
  async function attach(who: string, content: string | Uint8Array<ArrayBuffer>, given: Given = {}) {
    const form = new FormData()
    const { audience = 'everyone', name = 'report.txt' } = given
    form.set('commandId', randomUUID())
    form.set('audience', typeof audience === 'string' ? audience : JSON.stringify(audience))
    form.set('sessionId', given.session ?? session)
    form.set('file', new File([content], name))
    const token = given.token ?? (await server.token(who))
    const response = await fetch(`${server.url}/api/v1/resources/${given.id ?? `a-${randomUUID()}`}`, {
      ...{ method: 'PUT', headers: { authorization: `Bearer ${token}` }, body: form },
    })
    // biome-ignore lint/suspicious/noExplicitAny: a test reads what it asserts on
    const body: any = await response.json()
    return { status: response.status, body, code: body.error?.code as string | undefined }
  }
  const idOf = async (...given: Parameters<typeof attach>): Promise<string> =>
    (await attach(...given)).body.id
  return {
    ...{ server, session, attach, idOf },
    read: (who: string, id: string) => server.refusal(who, 'GET', `/resources/${id}`),
    text: async (who: string, id: string) => (await server.json(who, 'GET', `/resources/${id}`)).text,
    list: async (who: string) =>
      (await server.json(who, 'GET', '/resources')).resources.map(({ id }: { id: string }) => id),
    async ask(who: string, text: string, at = session, audience: Audience = 'everyone') {
      const client = server.connect(who, at)
      await client.ready
      const prompt = await client.prompt(text, {
        audience: audience === 'everyone' ? audience : [...audience],
      })
      return (await prompt.finished).message
    },
  }
}
const said = (message: Message | undefined) => JSON.stringify(message?.parts)

describe('what is attached in a session', () => {
  it('[GR17] is read by its members and as if it were not there by all others, from the removal on', async () => {
    const { server, session, idOf, text, read, list } = await house()
    const id = await idOf('ana', 'Forty boxes')
    expect([await text('ana', id), await text('bo', id), await text('vi', id)]).toEqual(
      Array(3).fill('Forty boxes'),
    )
    expect(await server.json('bo', 'GET', '/resources')).toMatchObject({
      resources: [{ id, sessionId: session, audience: 'everyone', by: { id: 'ana' }, title: 'report.txt' }],
    })
    expect([await read('cy', id), await list('cy')]).toEqual(['404 NOT_FOUND', []])
    expect(await server.refusal('cy', 'DELETE', `/resources/${id}`)).toBe('404 NOT_FOUND')
    expect(await server.refusal('bo', 'DELETE', `/resources/${id}`)).toBe('403 FORBIDDEN')
    await server.json('ana', 'DELETE', `/sessions/${session}/members/bo`)
    expect([await read('bo', id), await list('bo')]).toEqual(['404 NOT_FOUND', []])
    await server.json('ana', 'PUT', `/sessions/${session}/members/cy`, { role: 'viewer' })
    expect(await text('cy', id)).toBe('Forty boxes')
    await server.restart()
    expect([await text('cy', id), await read('bo', id)]).toEqual(['Forty boxes', '404 NOT_FOUND'])
    await server.json('ana', 'DELETE', `/resources/${id}`)
    expect([await read('ana', id), await list('ana')]).toEqual(['404 NOT_FOUND', []])
  })

  it('[GR18] has the readers of a prompt: those who are named, and nobody who comes later', async () => {
    const { server, session, idOf, attach, text, read, list } = await house()
    const own = await idOf('ana', 'Mine', { audience: [] })
    const two = await idOf('ana', 'Ours', { audience: ['bo'] })
    expect([await text('ana', own), await read('bo', own), await list('bo')]).toEqual([
      ...['Mine', '404 NOT_FOUND', [two]],
    ])
    await server.json('ana', 'PUT', `/sessions/${session}/members/cy`, { role: 'prompter' })
    expect([await read('cy', two), await list('cy')]).toEqual(['404 NOT_FOUND', []])
    // Of the workspace, and not here.
    await server.json('di', 'GET', '/me')
    expect((await attach('ana', 'x', { audience: ['di'] })).code).toBe('AUDIENCE_UNKNOWN')
    // The same name with fewer readers takes its place.
    const wide = await idOf('ana', 'Plan', { id: 'plan' })
    expect(await idOf('ana', 'Plan', { id: 'plan', audience: [] })).toBe(wide)
    expect([await text('ana', wide), await read('bo', wide)]).toEqual(['Plan', '404 NOT_FOUND'])
    const turnTo = (who: string, id: string, audience: Audience) =>
      server.refusal(who, 'PATCH', `/resources/${id}`, { audience: audience as object })
    expect(await server.json('ana', 'PATCH', `/resources/${own}`, { audience: ['bo'] })).toMatchObject({
      ...{ id: own, audience: ['ana', 'bo'], length: 4, sessionId: session },
    })
    expect([await text('bo', own), await read('cy', own)]).toEqual(['Mine', '404 NOT_FOUND'])
    expect([await turnTo('bo', own, 'everyone'), await turnTo('cy', own, 'everyone')]).toEqual([
      ...['403 FORBIDDEN', '404 NOT_FOUND'],
    ])
    expect(await turnTo('ana', own, ['nobody'])).toBe('409 AUDIENCE_UNKNOWN')
    await server.json('ana', 'PATCH', `/resources/${own}`, { audience: [] })
    expect([await text('ana', own), await read('bo', own)]).toEqual(['Mine', '404 NOT_FOUND'])
    await server.json('ana', 'PUT', `/sessions/${session}/members/bo`, { role: 'viewer' })
    expect(await turnTo('bo', two, [])).toBe('403 FORBIDDEN')
  })

  it('[GR19] is put by those who may ask there, guests too, and replaced by nobody else', async () => {
    const { server, session, attach, idOf, text } = await house()
    expect((await attach('vi', 'x')).code).toBe('FORBIDDEN')
    expect((await attach('cy', 'x')).code).toBe('NOT_FOUND')
    expect((await attach('ana', 'x', { session: 's_none' })).code).toBe('NOT_FOUND')
    const id = await idOf('ana', 'Hers')
    expect((await attach('bo', 'His', { id })).code).toBe('FORBIDDEN')
    expect(await text('ana', id)).toBe('Hers')
    const made = { role: 'prompter', expiresIn: 60_000, uses: 1 }
    const { code } = await server.json('ana', 'POST', `/sessions/${session}/invites`, made)
    const path = `/sessions/${session}/invites/${code}/accept`
    const { token } = await server.json(null, 'POST', path, { name: 'Gus' })
    expect((await attach('gus', 'From a guest', { token })).status).toBe(200)
    const elsewhere = await server.session()
    expect((await attach('gus', 'x', { token, session: elsewhere })).code).toBe('NOT_FOUND')
  })

  it('[GR20] is another thing in each session, under the same name', async () => {
    const { server, session, idOf, text } = await house()
    const other = await server.session()
    const here = await idOf('ana', 'Here', { id: 'plan' })
    const there = await idOf('ana', 'There', { id: 'plan', session: other })
    const { id: free } = await server.json('ana', 'PUT', '/resources/plan', {
      ...{ title: 'Plan', text: 'Anywhere', audience: [] },
    })
    expect(new Set([here, there, free]).size).toBe(3)
    expect([await text('ana', here), await text('ana', there), await text('ana', free)]).toEqual([
      ...['Here', 'There', 'Anywhere'],
    ])
    expect(await server.refusal('bo', 'GET', `/resources/${there}`)).toBe('404 NOT_FOUND')
    expect(await idOf('ana', 'New', { id: here, session })).toBe(here)
  })

  it('[GR21] is read by turns of that session, for the readers it has, and by those of no other', async () => {
    const { server, session, idOf, ask } = await house()
    const id = await idOf('ana', 'The budget is forty boxes\nEnd', { name: 'plan.txt' })
    const question = withAttached('What is the budget?', [{ id, title: 'plan.txt' }])
    const answer = await ask('bo', question)
    expect(said(answer)).toContain('The budget is forty boxes')
    expect(answer).toMatchObject({ audience: 'everyone', metadata: { status: 'done' } })
    expect(said(await ask('ana', '/tool resource.search {"query": "budget"}'))).toContain('plan.txt')
    const other = await server.session({ bo: 'prompter' })
    expect(said(await ask('ana', question, other))).toContain('There is no such resource.')
    expect(
      said(await ask('ana', '/tool resource.search {"query": "budget", "mine": true}', other)),
    ).toContain('\\"results\\":[]')
    const { id: fork } = await server.json('ana', 'POST', `/sessions/${session}/forks`, {
      ...{ laneId: 'main', seq: 2 },
    })
    expect(said(await ask('ana', question, fork))).toContain('There is no such resource.')
    const own = await idOf('ana', 'Secret number 41', { audience: [] })
    const narrow = await ask('ana', withAttached('', [{ id: own, title: 'own' }]), session, [])
    expect(said(narrow)).toContain('Secret number 41')
    const bos = await ask('bo', withAttached('', [{ id: own, title: 'own' }]))
    expect(said(bos)).toContain('There is no such resource.')
  })
})

describe('a file', () => {
  it('[GR22] that is a PDF becomes its text, page after page, whatever it calls itself', async () => {
    const { attach, text } = await house()
    const pdf = new Uint8Array(pdfOf(['The budget\nis forty boxes', 'Page two']))
    for (const name of ['report.pdf', 'report.txt']) {
      const { body } = await attach('ana', pdf, { name })
      expect(body).toMatchObject({ title: name, format: 'text' })
      expect(await text('bo', body.id)).toBe('The budget\nis forty boxes\n\nPage two')
    }
  })

  it('[GR23] that gives no text is refused with the reason, in bounded time and memory, and nothing is kept', async () => {
    const { attach, list, read } = await house()
    const bad: [Uint8Array, string][] = [
      [picturePdf(), 'NO_TEXT'],
      [lockedPdf(), 'ENCRYPTED'],
      [Buffer.from('%PDF-1.7 and nothing else'), 'BROKEN'],
      [pdfOf(['cut', 'x']).subarray(0, 400), 'BROKEN'],
      [bombPdf(600_000_000), 'TOO_COMPLEX'],
    ]
    for (const [bytes, why] of bad) {
      const { status, body } = await attach('ana', new Uint8Array(bytes), { name: 'a.pdf' })
      expect([status, body.error?.code, body.error?.details]).toEqual([422, 'UNREADABLE_FILE', { why }])
    }
    const huge = new Uint8Array(10 * 1024 * 1024 + 1)
    huge.set(Buffer.from('%PDF-1.7'))
    expect((await attach('ana', huge)).code).toBe('TOO_LARGE')
    expect((await attach('ana', 'x'.repeat(1024 * 1024 + 1))).code).toBe('TOO_LARGE')
    expect((await attach('ana', new Uint8Array([0xff, 0xfe, 0]))).code).toBe('MALFORMED')
    expect([await list('ana'), await read('ana', 'a.pdf')]).toEqual([[], '400 MALFORMED'])
  })

  it('[GR24] has a name that cannot pose: no folders, nothing that turns or hides, at most a title long', async () => {
    const { attach } = await house()
    const names: [string, string][] = [
      ['../../etc/passwd', 'passwd'],
      ['C:\\fakepath\\plan.txt', 'plan.txt'],
      ['fdp.\u202egnp.exe', 'fdp.gnp.exe'],
      [`${'n'.repeat(300)}.txt`, 'n'.repeat(200)],
      ['<img src=x onerror=1>.md', '<img src=x onerror=1>.md'],
    ]
    for (const [name, title] of names) {
      expect((await attach('ana', 'x', { name })).body, name).toMatchObject({ title })
    }
  })

  it('[GR25] finds room for a hundred of each person in a session, and others have theirs', async () => {
    const { attach, list } = await house()
    const codes: (string | undefined)[] = []
    for (let n = 0; n < 20; n++) {
      const some = await Promise.all(Array.from({ length: 10 }, () => attach('ana', 'x')))
      codes.push(...some.map(({ code }) => code))
    }
    expect(codes.filter((code) => code === undefined)).toHaveLength(100)
    expect(codes.filter((code) => code === 'RESOURCES_FULL')).toHaveLength(100)
    expect((await attach('bo', 'x')).status).toBe(200)
    expect(await list('vi')).toHaveLength(101)
  })
})
