import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SessionAnswer } from '@colloquy/shared/answers'
import { ROOT } from '@colloquy/shared/layout'
import { SYNC_PATH } from '@colloquy/shared/protocol'
import * as decoding from 'lib0/decoding'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'
import { eventsIn } from './journal-copy.ts'

const SESSIONS = 1000
/** Each has as many sessions; few requests of one person, who may make 1,200 a minute. */
const PEOPLE = 50
/** Requests under way at the same time. */
const AT_ONCE = 24
/** ms from when the new process listens until every session streams again. */
const BOUND = 5_000
/** One word every four seconds: the answers outlast the test. */
const SLOW = { COLLOQUY_OFFLINE_TPS: '0.25' }

it(`[R12] ${SESSIONS} sessions that each run a turn stream again within ${BOUND / 1000} s of a restart`, async () => {
  const data = await temporaryFolder()
  const server = await ServerProcess.start(data, SLOW)
  const sessions = await together(SESSIONS, (n) => begin(server, n))
  await server.kill()
  const startedAt = Date.now()
  const [listeningAt] = await Promise.all([listening(server.url), server.start()])
  const readyAt = Date.now()
  await together(SESSIONS, async (n) => {
    if (sessions[n]) await streams(server, personOf(n), sessions[n])
  })
  const seenAt = Date.now()
  await server.kill()
  const again = await secondAttempts(data)
  const last = Math.max(...again)
  console.log(
    `  ${SESSIONS} sessions: listening ${listeningAt - startedAt} ms after the start, the last step began again ` +
      `${last - listeningAt} ms later; ${seenAt - readyAt} ms after it was ready each had a reader`,
  )
  expect(again.length).toBe(SESSIONS)
  expect(last - listeningAt).toBeLessThan(BOUND)
})

/** Resolves with the time when connections are accepted, which is before the server has recovered. */
async function listening(url: string): Promise<number> {
  const { hostname: host, port } = new URL(url)
  for (;;) {
    const socket = connect({ host, port: Number(port) })
    try {
      await once(socket, 'connect')
      return Date.now()
    } catch {
      await sleep(5)
    } finally {
      socket.destroy()
    }
  }
}

/** When each turn's second attempt began, by the server's clock. The offline model says its first word at once. */
async function secondAttempts(data: string): Promise<number[]> {
  const events = await eventsIn(data)
  return events.flatMap((event) => (event.type === 'step.started' && event.attempt === 2 ? [event.at] : []))
}

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
