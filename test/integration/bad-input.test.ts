import { randomUUID } from 'node:crypto'
import { connect } from 'node:net'
import { SYNC_PATH } from '@colloquy/shared'
import * as encoding from 'lib0/encoding'
import { describe, expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { Awareness, encodeAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { eventually } from '../kit/eventually.ts'
import { foreignClient } from '../kit/foreign.ts'
import { TestServer } from '../kit/server.ts'

// Each gets its code; the server lives, other people notice nothing, nothing accepted is lost.

const UNKNOWN = 's_AAAAAAAAAAAAAAAAAAAAAA'

describe('commands', () => {
  it('[H13] unknown fields, wrong types, oversize text and unknown ids are refused by their codes', async () => {
    const { server, id } = await quiet()
    const prompts = `/sessions/${id}/prompts`
    expect(await server.refusal('ana', 'POST', prompts, { text: 'x', colour: 'red' })).toBe('400 MALFORMED')
    expect(await server.refusal('ana', 'POST', prompts, { text: 7 })).toBe('400 MALFORMED')
    expect(await server.refusal('ana', 'POST', prompts, { text: ' \n ' })).toBe('400 MALFORMED')
    expect(await server.refusal('ana', 'POST', prompts, { text: 'x', audience: [7] })).toBe('400 MALFORMED')
    expect(await server.refusal('ana', 'POST', prompts, { text: 'x', commandId: 'seven' })).toBe(
      '400 MALFORMED',
    )
    expect(await server.refusal('ana', 'POST', prompts, { text: 'x'.repeat(65_537) })).toBe('413 TOO_LARGE')
    expect(await server.refusal('ana', 'POST', prompts, { text: 'x'.repeat(1_000_000) })).toBe(
      '413 TOO_LARGE',
    )
    expect(await server.refusal('ana', 'POST', prompts, { text: 'x', model: 'none' })).toBe('400 MALFORMED')
    expect(await server.refusal('ana', 'DELETE', `${prompts}/p_none`)).toBe('404 NOT_FOUND')
    expect(await server.refusal('ana', 'PATCH', `${prompts}/p_none`, { text: 'x' })).toBe('404 NOT_FOUND')
    expect(await server.refusal('ana', 'POST', `/sessions/${id}/turns/t_none/cancel`, {})).toBe(
      '404 NOT_FOUND',
    )
    expect(await server.refusal('ana', 'DELETE', `/sessions/${id}/messages/m_none`)).toBe('404 NOT_FOUND')
    for (const word of ['constructor', '__proto__', 'valueOf']) {
      expect(await server.refusal('ana', 'PATCH', `${prompts}/${word}`, { text: 'x' })).toBe('400 MALFORMED')
      expect(await server.refusal('ana', 'POST', `/sessions/${id}/turns/${word}/cancel`, {})).toBe(
        '400 MALFORMED',
      )
    }
    expect(await server.refusal('ana', 'GET', `/sessions/${id}/lanes/none/messages`)).toBe('404 NOT_FOUND')
    expect(await server.refusal('ana', 'GET', `/sessions/${UNKNOWN}`)).toBe('404 NOT_FOUND')
    expect(await server.refusal('ana', 'GET', '/sessions/..%2f..%2fetc')).toBe('400 MALFORMED')
    await expectNothingHappened(server, id)
  })

  it('[H13] who is still sending too much is told so, and may go on with the next request', async () => {
    const { server, id } = await quiet()
    const token = await server.token('ana')
    const { hostname, port } = new URL(server.url)
    const socket = connect({ host: hostname, port: Number(port) })
    onTestFinished(() => void socket.destroy())
    let heard = ''
    socket.on('data', (bytes: Buffer) => {
      heard += bytes
    })
    const head = (method: string, path: string, length: number) =>
      [
        `${method} /api/v1${path} HTTP/1.1`,
        `host: ${hostname}`,
        `authorization: Bearer ${token}`,
        'content-type: application/json',
        `content-length: ${length}\r\n\r\n`,
      ].join('\r\n')
    const half = ' '.repeat(1_000_000)
    socket.write(head('POST', `/sessions/${id}/prompts`, 2 * half.length) + half)
    await eventually(() => heard.includes('TOO_LARGE'))
    expect(heard).toMatch(/^HTTP\/1\.1 413 /)
    socket.write(half)
    socket.write(head('GET', '/me', 0))
    await eventually(() => heard.includes('HTTP/1.1 200 '))
  })

  it('[H2] a stranger cannot tell a session of others from one that is not there', async () => {
    const { server, id } = await quiet()
    for (const sessionId of [id, UNKNOWN]) {
      expect(await server.refusal('eve', 'GET', `/sessions/${sessionId}`)).toBe('404 NOT_FOUND')
      expect(await server.refusal('eve', 'POST', `/sessions/${sessionId}/prompts`, { text: 'x' })).toBe(
        '404 NOT_FOUND',
      )
      expect(await server.refusal('eve', 'GET', `/sessions/${sessionId}/export?format=json`)).toBe(
        '404 NOT_FOUND',
      )
      expect(await server.refusal('eve', 'POST', '/tickets', { sessionId })).toBe('404 NOT_FOUND')
    }
    expect(await server.refusal(null, 'GET', `/sessions/${id}`)).toBe('401 UNAUTHENTICATED')
    await expectNothingHappened(server, id)
  })

  it('[D1] a viewer changes nothing', async () => {
    const { server, id } = await quiet({ vi: 'viewer' })
    expect(await server.refusal('vi', 'POST', `/sessions/${id}/prompts`, { text: 'x' })).toBe('403 FORBIDDEN')
    expect(
      await server.refusal('vi', 'POST', `/sessions/${id}/invites`, {
        role: 'viewer',
        uses: 1,
        expiresIn: 1000,
      }),
    ).toBe('403 FORBIDDEN')
    expect(await server.refusal('vi', 'PUT', `/sessions/${id}/members/vi`, { role: 'owner' })).toBe(
      '403 FORBIDDEN',
    )
    expect(await server.refusal('vi', 'DELETE', `/sessions/${id}/members/ana`)).toBe('403 FORBIDDEN')
    await expectNothingHappened(server, id)
  })

  it('[D2] a command acts once; its id with another body is refused', async () => {
    const { server, id } = await quiet()
    const path = `/sessions/${id}/prompts`
    const commandId = randomUUID()
    const first = await server.json('ana', 'POST', path, { commandId, text: 'once' })
    expect(await server.json('ana', 'POST', path, { commandId, text: 'once' })).toEqual(first)
    expect(await server.refusal('ana', 'POST', path, { commandId, text: 'other' })).toBe('409 COMMAND_REUSED')
    const both = await Promise.all(
      [1, 2].map(() => server.json('ana', 'POST', path, { commandId: TWICE, text: 'twice' })),
    )
    expect(both[0]).toEqual(both[1])
    await server.restart()
    expect(await server.json('ana', 'POST', path, { commandId, text: 'once' })).toEqual(first)
    const { turns } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    expect(turns.length).toBe(2)
    // Another person's command of the same id is another command.
    expect(await server.refusal('eve', 'POST', path, { commandId, text: 'once' })).toBe('404 NOT_FOUND')
  })

  it('[D3] a person may have 20 prompts waiting; the next is refused and costs the others nothing', async () => {
    const server = await TestServer.start({ tps: 1 })
    const id = await server.session()
    const path = `/sessions/${id}/prompts`
    await server.json('ana', 'POST', path, { text: '/write 100' })
    for (let n = 0; n < 20; n++) await server.json('ana', 'POST', path, { text: `waits ${n}` })
    expect(await server.refusal('ana', 'POST', path, { text: 'too many' })).toBe('429 QUEUE_FULL')
    const { turns } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    await server.json('ana', 'POST', `/sessions/${id}/turns/${turns[0].turnId}/cancel`, {})
  })
})

const TWICE = randomUUID()

describe('sync', () => {
  it('[S21] an unknown, a spent and another session’s ticket are refused with 4401', async () => {
    const { server, id } = await quiet()
    const other = await server.session()
    const name = `${id}/main@1`
    const ticket = await server.ticket('ana', id)
    expect(await closeOf(server, name, 'forged')).toBe(4401)
    const ws = open(server, name, ticket)
    await new Promise((resolve) => ws.once('open', resolve))
    expect(await closeOf(server, name, ticket)).toBe(4401)
    expect(await closeOf(server, name, await server.ticket('ana', other))).toBe(4401)
    expect(ws.readyState).toBe(WebSocket.OPEN)
    await expectNothingHappened(server, id)
  })

  it('[S20] a wrong Origin is refused with HTTP 403 before the upgrade, and its ticket by another Origin', async () => {
    const { server, id } = await quiet()
    const ticket = await server.ticket('ana', id)
    const url = `${server.url.replace('http', 'ws')}${SYNC_PATH}/${id}/main@1?ticket=${ticket}`
    const ws = new WebSocket(url, { origin: 'https://evil.example' })
    const status = await new Promise((resolve) => {
      ws.once('unexpected-response', (_request, response) => resolve(response.statusCode))
      ws.on('error', () => undefined)
    })
    expect(status).toBe(403)
    const body = JSON.stringify({ commandId: randomUUID() })
    const headers = {
      origin: 'https://evil.example',
      authorization: `Bearer ${await server.token('ana')}`,
      'content-type': 'application/json',
    }
    const posted = await fetch(`${server.url}/api/v1/sessions`, { method: 'POST', body, headers })
    expect(posted.status).toBe(403)
    expect(((await posted.json()) as { error: { code: string } }).error.code).toBe('ORIGIN_REFUSED')
  })

  it('[S5] garbage, text and a 10 MB frame close the connection that sent them, and only that', async () => {
    const { server, id } = await quiet()
    const reader = await foreignClient(server, 'ana', id)
    reader.connect()
    await reader.synced
    const frames: [string | Buffer, number][] = [
      [Buffer.from([0, 2, 250, 250, 1, 7]), 4403],
      [Buffer.from([99, 1, 2, 3]), 4403],
      ['hello', 4403],
      [Buffer.alloc(10 * 1024 * 1024), 1009],
    ]
    for (const [frame, code] of frames) {
      const ws = open(server, `${id}/main@1`, await server.ticket('ana', id))
      ws.on('error', () => undefined)
      ws.once('open', () => ws.send(frame))
      expect(await closed(ws)).toBe(code)
    }
    expect(reader.provider.wsconnected).toBe(true)
    await expectNothingHappened(server, id)
  })

  it('[P2] a presence in another’s name is dropped, and nobody sees it', async () => {
    const { server, id } = await quiet({ bo: 'prompter' })
    const ana = await foreignClient(server, 'ana', id)
    const bo = await foreignClient(server, 'bo', id)
    ana.connect()
    bo.connect()
    await Promise.all([ana.synced, bo.synced])
    ana.provider.awareness.setLocalState({ typing: true })
    await expect
      .poll(() => bo.provider.awareness.getStates().get(ana.doc.clientID)?.user)
      .toEqual({ id: 'ana', name: 'ana' })

    const forged = new Y.Doc()
    forged.clientID = ana.doc.clientID
    const awareness = new Awareness(forged)
    onTestFinished(() => awareness.destroy())
    awareness.setLocalState({ user: { id: 'ana', name: 'ana' }, typing: false, note: 'forged' })
    awareness.setLocalState({ ...awareness.getLocalState(), again: true })
    const message = encoding.createEncoder()
    encoding.writeVarUint(message, 1)
    encoding.writeVarUint8Array(message, encodeAwarenessUpdate(awareness, [forged.clientID]))
    bo.provider.ws?.send(encoding.toUint8Array(message))
    bo.provider.awareness.setLocalState({ marker: 1 })

    await expect.poll(() => ana.provider.awareness.getStates().get(bo.doc.clientID)?.marker).toBe(1)
    expect(ana.provider.awareness.getLocalState()).toMatchObject({ typing: true })
    expect(bo.provider.awareness.getStates().get(ana.doc.clientID)).toMatchObject({ typing: true })
    expect(bo.provider.wsconnected).toBe(true)
  })

  it('[S13] a removed member is closed with 4409 and gets no byte of what comes later', async () => {
    const { server, id } = await quiet({ bo: 'prompter' })
    const bo = await foreignClient(server, 'bo', id)
    bo.connect()
    await bo.synced
    expect((await server.fetch('ana', 'DELETE', `/sessions/${id}/members/bo`)).status).toBe(200)
    const after = Y.encodeStateAsUpdate(bo.doc)
    await server.json('ana', 'POST', `/sessions/${id}/prompts`, { text: 'without bo' })
    expect(await bo.closed).toBe(4409)
    expect(Y.encodeStateAsUpdate(bo.doc)).toEqual(after)
    expect(await server.refusal('bo', 'GET', `/sessions/${id}`)).toBe('404 NOT_FOUND')
    expect(await server.refusal('bo', 'POST', '/tickets', { sessionId: id })).toBe('404 NOT_FOUND')
  })
})

async function quiet(members: Parameters<TestServer['session']>[0] = {}) {
  const server = await TestServer.start()
  return { server, id: await server.session(members) }
}

/** The session holds nothing yet, and a prompt submitted now is answered. */
async function expectNothingHappened(server: TestServer, id: string): Promise<void> {
  const before = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
  expect(before.messages).toEqual([])
  const ana = server.connect('ana', id)
  expect((await (await ana.prompt('still alive?')).finished).end).toBe('done')
}

function open(server: TestServer, doc: string, ticket: string): WebSocket {
  return new WebSocket(`${server.url.replace('http', 'ws')}${SYNC_PATH}/${doc}?ticket=${ticket}`)
}

function closed(ws: WebSocket): Promise<number> {
  return new Promise((resolve) => ws.once('close', resolve))
}

function closeOf(server: TestServer, doc: string, ticket: string): Promise<number> {
  return closed(open(server, doc, ticket))
}
