import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import type { ExportAnswer, SessionAnswer } from '@colloquy/shared/answers'
import { ROOT } from '@colloquy/shared/layout'
import { SYNC_PATH } from '@colloquy/shared/protocol'
import * as decoding from 'lib0/decoding'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'

const SESSIONS = 1000
/** Each has as many sessions; few requests of one person, who may make 1,200 a minute. */
const PEOPLE = 50
/** Requests under way at the same time. */
const AT_ONCE = 24
/** ms for every session to stream again. */
const BOUND = 5_000
/** One word every four seconds: the answers outlast the test. */
const SLOW = { COLLOQUY_OFFLINE_TPS: '0.25' }

it(`[R13] ${SESSIONS} sessions that each run a turn stream again within ${BOUND / 1000} s of a restart`, async () => {
  const server = await ServerProcess.start(await temporaryFolder(), SLOW)
  const sessions = await together(SESSIONS, (n) => begin(server, n))
  await server.kill()
  const startedAt = Date.now()
  await server.start()
  const listeningAt = Date.now()
  const seen = await together(SESSIONS, async (n) => {
    const session = sessions[n]
    if (!session) throw new Error('no session')
    await streams(server, personOf(n), session)
    return Date.now()
  })
  const last = Math.max(...seen)
  console.log(
    `  ${SESSIONS} sessions: listening ${listeningAt - startedAt} ms after the start; ` +
      `the last streams ${last - listeningAt} ms after that`,
  )
  expect(last - listeningAt).toBeLessThan(BOUND)
  for (let n = 0; n < SESSIONS; n += 50) {
    const path = `/sessions/${sessions[n]?.id}/export?format=json`
    const { turns }: ExportAnswer = await server.json(personOf(n), 'GET', path)
    expect(turns).toMatchObject([{ attempts: 2, end: null }])
  }
})

const personOf = (n: number) => `person-${n % PEOPLE}`

/** A session with a turn that streams. */
async function begin(server: ServerProcess, n: number): Promise<SessionAnswer> {
  const who = personOf(n)
  const made = { commandId: randomUUID(), title: `Session ${n}` }
  const session: SessionAnswer = await server.json(who, 'POST', '/sessions', made)
  const asked = { commandId: randomUUID(), text: '/write 300' }
  await server.json(who, 'POST', `/sessions/${session.id}/prompts`, asked)
  return session
}

/** Resolves when a reader of the session has seen text of the running answer. */
async function streams(server: ServerProcess, who: string, { id, lanes }: SessionAnswer): Promise<void> {
  const { ticket } = await server.json(who, 'POST', '/tickets', { sessionId: id })
  const url = `${server.url.replace('http', 'ws')}${SYNC_PATH}/${lanes[0]?.doc}?ticket=${ticket}`
  const socket = new WebSocket(url, { perMessageDeflate: false })
  const doc = new Y.Doc()
  const said = Promise.withResolvers<void>()
  socket.on('message', (frame: Buffer) => {
    receive(doc, frame)
    if (textOf(doc) !== '') said.resolve()
  })
  socket.on('close', (code) => said.reject(new Error(`closed with ${code}`)))
  socket.on('error', said.reject)
  await once(socket, 'open')
  socket.send(STEP1)
  await said.promise
  socket.terminate()
}

/** Asks for all there is: an empty state vector. */
const STEP1 = Buffer.from([0, 0, 1, 0])

function receive(doc: Y.Doc, frame: Buffer): void {
  const decoder = decoding.createDecoder(frame)
  if (decoding.readVarUint(decoder) !== 0 || decoding.readVarUint(decoder) === 0) return
  Y.applyUpdate(doc, decoding.readVarUint8Array(decoder))
}

/** What the last message says, while it streams. */
function textOf(doc: Y.Doc): string {
  const messages = doc.getArray(ROOT.messages).toJSON() as {
    metadata: { status: string }
    parts: { text: string }[]
  }[]
  const last = messages.at(-1)
  return last?.metadata.status === 'streaming' ? last.parts.map(({ text }) => text).join('') : ''
}

/** `act` for each number below `count`, a few at a time; the results in order. */
async function together<T>(count: number, act: (n: number) => Promise<T>): Promise<T[]> {
  const results: T[] = []
  let next = 0
  const worker = async () => {
    for (let n = next++; n < count; n = next++) results[n] = await act(n)
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return results
}
