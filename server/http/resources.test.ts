import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { C1, type Edge, NOW, openEdge } from './edge.fixture.ts'

let edge: Edge
beforeEach(async () => {
  edge = await openEdge()
  for (const who of ['ann', 'bo', 'root']) await edge.ask(who, { url: '/api/v1/me' })
})
afterEach(() => edge.app.close())

const url = '/api/v1/resources'
const plan = { title: 'Plan', text: 'Buy wood', audience: 'everyone' }
const put = (who: string | null, id: string, given: object = {}) =>
  edge.ask(who, {
    ...{ method: 'PUT', url: `${url}/${id}` },
    payload: { commandId: randomUUID(), ...plan, ...given },
  })
const get = (who: string, id = '') => edge.ask(who, { url: id === '' ? url : `${url}/${id}` })
const remove = (who: string, id: string, commandId: string = randomUUID()) =>
  edge.ask(who, { method: 'DELETE', url: `${url}/${id}?commandId=${commandId}` })
const idOf = ({ body }: { body: unknown }) => (body as { id: string }).id

describe('resources', () => {
  it('[GR1] what somebody puts is listed and read with its text by whom they chose', async () => {
    const answer = await put('ann', 'plan', { format: 'markdown', audience: ['bo'] })
    const told = {
      ...{ title: 'Plan', format: 'markdown', audience: ['ann', 'bo'], by: { id: 'ann', name: 'ann' } },
      ...{ id: expect.stringMatching(/^plan-[\w-]{22}$/), length: 8, updatedAt: NOW },
    }
    expect(answer).toMatchObject({ status: 200, body: told })
    expect((await get('bo')).body).toEqual({ resources: [told] })
    expect((await get('bo', idOf(answer))).body).toEqual({ ...told, text: 'Buy wood' })
    expect((await get('root')).body).toEqual({ resources: [] })
  })

  it('[GR5] whoever may not read one, an admin too, is answered as if it did not exist', async () => {
    const hidden = idOf(await put('ann', 'plan', { audience: [] }))
    for (const who of ['bo', 'root']) {
      for (const id of [hidden, 'plan']) {
        expect(await get(who, id)).toEqual(await get(who, 'nothing'))
        expect(await remove(who, id)).toEqual(await remove(who, 'nothing'))
      }
      const free = await put(who, 'new', { audience: [] })
      const taken = await put(who, 'plan', { audience: [] })
      expect(taken.status).toBe(200)
      expect(taken.body).toEqual({ ...(free.body as object), id: expect.stringMatching(/^plan-/) })
      expect(idOf(taken)).not.toBe(hidden)
    }
    expect((await get('ann', hidden)).body).toMatchObject({ text: 'Buy wood', audience: ['ann'] })
  })

  it('[GR3] its owner replaces and removes it, an admin one that they read, and nobody else', async () => {
    const id = idOf(await put('ann', 'plan'))
    expect((await put('bo', id)).code).toBe('FORBIDDEN')
    expect((await remove('bo', id)).code).toBe('FORBIDDEN')
    expect((await put('root', id, { text: 'Paint', audience: [] })).body).toMatchObject({
      ...{ id, audience: ['ann', 'root'], by: { id: 'root' } },
    })
    expect((await get('bo', id)).code).toBe('NOT_FOUND')
    expect((await put('ann', 'plan', { text: 'Sell' })).body).toMatchObject({ id, length: 4 })
    expect((await remove('ann', id, C1)).body).toEqual({ ok: true })
    expect((await get('ann', id)).code).toBe('NOT_FOUND')
    expect((await remove('ann', id, C1)).body).toEqual({ ok: true })
  })

  it('[GR6] bad input of each kind has its code and changes nothing', async () => {
    const wrong: [object, string][] = [
      [{ commandId: 'x' }, 'MALFORMED'],
      [{ title: '' }, 'MALFORMED'],
      [{ title: 'a\u202eb' }, 'MALFORMED'],
      [{ text: '\ud800' }, 'MALFORMED'],
      [{ text: 'a\0' }, 'MALFORMED'],
      [{ format: 'json', text: '{' }, 'MALFORMED'],
      [{ format: 'pdf' }, 'MALFORMED'],
      [{ audience: 'all' }, 'MALFORMED'],
      [{ audience: Array(201).fill('bo') }, 'MALFORMED'],
      [{ more: 1 }, 'MALFORMED'],
      [{ text: 'é'.repeat(512 * 1024 + 1) }, 'TOO_LARGE'],
      [{ audience: ['bo', 'nobody', 'group:none'] }, 'AUDIENCE_UNKNOWN'],
    ]
    for (const [given, code] of wrong) {
      expect((await put('ann', 'plan', given)).code, JSON.stringify(given).slice(0, 60)).toBe(code)
    }
    expect((await put('ann', 'plan', { audience: ['bo', 'nobody', 'group:none'] })).body).toMatchObject({
      error: { details: { unknown: ['nobody', 'group:none'] } },
    })
    expect((await put('ann', 'constructor')).code).toBe('MALFORMED')
    expect((await put('ann', 'a%20b')).code).toBe('MALFORMED')
    expect((await put(null, 'plan')).status).toBe(401)
    expect((await get('ann')).body).toEqual({ resources: [] })
  })

  it('[GR6] the longest text fits, however it is escaped', async () => {
    const text = 'a'.repeat(1024 * 1024)
    const payload = JSON.stringify({ commandId: C1, ...plan, text }).replaceAll(
      'a'.repeat(64),
      '\\u0061'.repeat(64),
    )
    const answer = await edge.ask('ann', {
      ...{ method: 'PUT', url: `${url}/long`, payload, headers: { 'content-type': 'application/json' } },
    })
    expect(answer.body).toMatchObject({ length: text.length })
  })

  it('[GR3] a command acts once; with another body it is refused', async () => {
    const first = await put('ann', 'plan', { commandId: C1 })
    await put('ann', 'plan', { text: 'Paint' })
    expect(await put('ann', 'plan', { commandId: C1 })).toEqual(first)
    expect((await get('ann', 'plan')).body).toMatchObject({ text: 'Paint' })
    expect((await put('ann', 'plan', { commandId: C1, text: 'Other' })).code).toBe('COMMAND_REUSED')
    expect((await put('ann', 'other', { commandId: C1 })).code).toBe('COMMAND_REUSED')
  })
})

describe('a form', () => {
  const EDGE = '----form'
  const part = (name: string, value: string | Buffer, filename?: string) =>
    Buffer.concat([
      Buffer.from(`--${EDGE}\r\ncontent-disposition: form-data; name="${name}"`),
      Buffer.from(`${filename === undefined ? '' : `; filename="${filename}"`}\r\n\r\n`),
      ...[Buffer.from(value), Buffer.from('\r\n')],
    ])
  const send = (parts: Buffer[], at = `${url}/data`) =>
    edge.ask('ann', {
      ...{ method: 'PUT', url: at, payload: Buffer.concat([...parts, Buffer.from(`--${EDGE}--\r\n`)]) },
      headers: { 'content-type': `multipart/form-data; boundary=${EDGE}` },
    })
  const file = part('file', 'a,b\n1,ü', 'Data.CSV')

  it('[GR7] its file is the text and says title and format; fields say otherwise', async () => {
    const id = part('commandId', C1)
    expect((await send([id, part('audience', '["bo"]'), file])).body).toMatchObject({
      ...{ title: 'Data.CSV', format: 'csv', length: 7, audience: ['ann', 'bo'] },
    })
    expect((await get('bo', 'data')).body).toMatchObject({ text: 'a,b\n1,ü' })
    const fields = [part('commandId', randomUUID()), part('title', 'Numbers'), part('format', 'text')]
    expect((await send([...fields, part('audience', 'everyone'), file])).body).toMatchObject({
      ...{ title: 'Numbers', format: 'text', audience: 'everyone' },
    })
  })

  it('[GR7] what is no form of this kind is refused, and other routes take none', async () => {
    const fields = [part('commandId', C1), part('audience', 'everyone')]
    const bad = [
      [...fields, part('file', Buffer.from([0xff, 0xfe]), 'a.txt')],
      [...fields, ...fields, file],
      [part('commandId', C1), part('audience', '["bo'), file],
      fields,
      [file],
      [Buffer.from('nonsense')],
      [...fields, part('__proto__', 'x'), file],
    ]
    for (const parts of bad) expect((await send(parts)).code).toBe('MALFORMED')
    expect((await send([...fields, file, file])).code).toBe('TOO_LARGE')
    const long = part('file', 'x'.repeat(1024 * 1024 + 1), 'a.txt')
    expect((await send([...fields, long])).code).toBe('TOO_LARGE')
    expect((await send([...fields, file], '/api/v1/workspace')).code).toBe('MEDIA_TYPE')
    expect((await get('ann')).body).toEqual({ resources: [] })
  })
})
