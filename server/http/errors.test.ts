import { type AddressInfo, connect } from 'node:net'
import { ColloquyError, ERRORS, type ErrorCode } from '@colloquy/shared'
import { errorAnswer } from '@colloquy/shared/answers'
import type { InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { C1, type Edge, openEdge } from './edge.fixture.ts'

let edge: Edge
beforeEach(async () => {
  edge = await openEdge()
})
afterEach(() => edge.app.close())

const prompts = '/api/v1/sessions/s1/prompts'
const submit = (payload: unknown, headers: Record<string, string> = {}): InjectOptions => ({
  method: 'POST',
  url: prompts,
  payload: typeof payload === 'string' ? payload : JSON.stringify(payload),
  headers: { 'content-type': 'application/json', ...headers },
})
const malformed = async (request: InjectOptions): Promise<string[]> => {
  const { status, body } = await edge.ask('ann', request)
  const { error } = errorAnswer.parse(body)
  expect([status, error.code]).toEqual([400, 'MALFORMED'])
  return (error.details as { path: string }[]).map(({ path }) => path)
}

describe('malformed requests', () => {
  it('[H13] an unknown field, in body, query or path, is refused by its place', async () => {
    const good = { commandId: C1, text: 'Hi' }
    expect(await malformed(submit({ ...good, extra: 1 }))).toEqual(['body'])
    expect(await malformed({ ...submit(good), url: `${prompts}?extra=1` })).toEqual(['querystring'])
    expect(await malformed({ url: '/api/v1/sessions?extra=1' })).toEqual(['querystring'])
    expect(await malformed({ url: '/api/v1/sessions/a.b' })).toEqual(['params/id'])
    expect(await malformed({ url: `/api/v1/sessions/${'a'.repeat(201)}` })).toEqual(['params/id'])
    expect(edge.executed).toEqual([])
  })

  it('[H14] wrong types and values are refused by field, and never repeated to the sender', async () => {
    expect(await malformed(submit({ commandId: 'hunter2', text: 7 }))).toEqual([
      'body/commandId',
      'body/text',
    ])
    expect(await malformed(submit({ commandId: C1, text: ' \n ' }))).toEqual(['body/text'])
    expect(await malformed(submit({ commandId: C1, text: 'Hi', audience: [7] }))).toEqual(['body/audience'])
    expect(await malformed(submit({ commandId: C1, text: 'Hi', seenSeq: -1 }))).toEqual(['body/seenSeq'])
    expect(await malformed(submit([]))).toEqual(['body'])
    expect(await malformed({ method: 'POST', url: prompts })).toEqual(['body'])
    expect(await malformed({ method: 'DELETE', url: `${prompts}/p1` })).toEqual(['querystring/commandId'])
    expect(await malformed({ url: '/api/v1/sessions/s1/lanes/main/messages?before=x' })).toEqual([
      'querystring/before',
    ])
    const { body } = await edge.ask(
      'ann',
      submit({ commandId: 'hunter2', text: 'hunter2', seenSeq: 'hunter2' }),
    )
    expect(JSON.stringify(body)).not.toContain('hunter2')
  })

  it('[H15] broken JSON, half a surrogate pair and prototype tricks are refused', async () => {
    expect(await malformed(submit('{"commandId": hunter2'))).toEqual(['body'])
    expect(await malformed(submit(''))).toEqual(['body'])
    expect(await malformed(submit(`{"commandId":"${C1}","text":"a\\ud800b"}`))).toEqual(['body/text'])
    expect(await malformed(submit(`{"commandId":"${C1}","text":"a","__proto__":{"x":1}}`))).toEqual(['body'])
    expect(await malformed({ url: '/api/v1/sessions/%zz' })).toEqual(['url'])
    expect(edge.log()).not.toContain('hunter2')
  })

  it('[H16] an answer lists a bounded number of issues', async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`field${i}`.padEnd(300, 'x'), i]))
    const { body } = await edge.ask('ann', submit(many))
    expect(JSON.stringify(body).length).toBeLessThan(5000)
  })
})

describe('fastify’s own refusals', () => {
  it('[H17] a body over the limit is TOO_LARGE; a prompt of 64 KiB with every character escaped is not', async () => {
    const escaped = `{"commandId":"${C1}","text":"${'\\u0061'.repeat(64 * 1024)}"}`
    expect((await edge.ask('ann', submit(escaped))).status).toBe(202)
    const large = submit({ commandId: C1, text: 'a'.repeat(512 * 1024) })
    expect(await edge.ask('ann', large)).toMatchObject({ status: 413, code: 'TOO_LARGE' })
  })

  it('[H18] another media type is MEDIA_TYPE', async () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'text/json',
    ]) {
      expect(await edge.ask('ann', submit('x', { 'content-type': type }))).toMatchObject({
        status: 415,
        code: 'MEDIA_TYPE',
      })
    }
  })

  it('[H19] a route that is none is NOT_FOUND, signed in or not', async () => {
    for (const url of [
      '/nothing',
      '/api/v1/nothing',
      '/api/v2/sessions',
      '/api/v1/sessions/s1/nothing',
      '/.env',
    ]) {
      for (const who of ['ann', null]) {
        expect(await edge.ask(who, { url }), url).toMatchObject({ status: 404, code: 'NOT_FOUND' })
      }
    }
    expect((await edge.ask('ann', { method: 'PUT', url: '/api/v1/sessions', payload: {} })).status).toBe(404)
  })

  it('[H20] what is not HTTP is answered in the same shape', async () => {
    await edge.app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = edge.app.server.address() as AddressInfo
    const answer = await new Promise<string>((resolve) => {
      let text = ''
      const socket = connect(port, '127.0.0.1', () => socket.write('NOT HTTP\r\n\r\n'))
      socket.setEncoding('utf8')
      socket.on('data', (chunk: string) => {
        text += chunk
      })
      socket.on('close', () => resolve(text))
    })
    expect(answer).toMatch(/^HTTP\/1\.1 400 /)
    expect(answer).toContain('{"error":{"code":"MALFORMED"')
  })
})

describe('refusals of the session', () => {
  it.each(Object.keys(ERRORS) as ErrorCode[])(
    '[H21] %s keeps its status, message and details',
    async (code) => {
      edge.fail(new ColloquyError(code, 'Because.', { hint: 1 }))
      const { status, body } = await edge.ask('ann', submit({ commandId: C1, text: 'Hi' }))
      expect(status).toBe(ERRORS[code])
      const { error } = errorAnswer.parse(body)
      expect(error.code).toBe(code)
      // NOT_FOUND has one text for all: what exists is told to nobody.
      if (code !== 'NOT_FOUND') expect(error).toEqual({ code, message: 'Because.', details: { hint: 1 } })
      else expect(error.details).toBeUndefined()
    },
  )

  it('[H22] anything else is INTERNAL: logged with an id that the caller gets, and nothing more', async () => {
    const strange = Object.assign(new Error('pool at 10.0.0.7 is gone'), { statusCode: 401, code: 'EAUTH' })
    for (const thrown of [new TypeError('pool at 10.0.0.7 is gone'), strange, 'pool at 10.0.0.7 is gone']) {
      edge.fail(thrown)
      const { status, body } = await edge.ask('ann', submit({ commandId: C1, text: 'Hi' }))
      const { error } = errorAnswer.parse(body)
      expect([status, error.code]).toEqual([500, 'INTERNAL'])
      expect(JSON.stringify(body)).not.toContain('10.0.0.7')
      const { requestId } = error.details as { requestId: string }
      const logged = edge
        .log()
        .split('\n')
        .find((line) => line.includes(requestId) && line.includes('10.0.0.7'))
      expect(logged).toBeDefined()
    }
  })

  it('[H23] while the app closes, requests are told to come back', async () => {
    const closing = await openEdge()
    const answered = new Promise<unknown>((resolve) => {
      closing.app.addHook('preClose', async () => {
        const { port } = closing.app.server.address() as AddressInfo
        const answer = await fetch(`http://127.0.0.1:${port}/healthz`, { headers: { connection: 'close' } })
        resolve([answer.status, await answer.json()])
      })
    })
    await closing.app.listen({ port: 0, host: '127.0.0.1' })
    await closing.app.close()
    expect(await answered).toMatchObject([503, { error: { code: 'DRAINING' } }])
  })
})
