import 'fake-indexeddb/auto'
import { readContent } from '@colloquy/server/session/lane-doc'
import { expect, it } from 'vitest'
import { IndexeddbPersistence } from 'y-indexeddb'
import * as Y from 'yjs'
import { foreignClient } from '../kit/foreign.ts'
import { TestServer } from '../kit/server.ts'
import { textOf } from '../kit/text.ts'
import { asServed, ended, until } from '../kit/until.ts'

it('[S1] a stock y-websocket client reads the lane live', async () => {
  const server = await TestServer.start({ tps: 200 })
  const sessionId = await server.session()
  const foreign = await foreignClient(server, 'ana', sessionId)
  foreign.connect()
  await foreign.synced
  const streamed = new Set<string>()
  foreign.doc.on('update', () => {
    const last = readContent(foreign.doc).messages.at(-1)
    if (last?.metadata.status === 'streaming') streamed.add(textOf(last))
  })
  const ana = server.connect('ana', sessionId)
  await (await ana.prompt('/write 40')).finished
  const own = await until(ana, (now) => ended(now).length === 1)
  await expect.poll(() => readContent(foreign.doc).messages.at(-1)?.metadata.status).toBe('done')
  expect(readContent(foreign.doc).messages).toEqual(asServed(own.messages))
  expect(streamed.size).toBeGreaterThan(3)
})

it('[S3] what a foreign client writes to a lane closes it with 4403, and nobody else sees a byte', async () => {
  const server = await TestServer.start()
  const sessionId = await server.session({ bo: 'prompter' })
  const writer = await foreignClient(server, 'bo', sessionId)
  const reader = await foreignClient(server, 'ana', sessionId)
  writer.connect()
  reader.connect()
  await Promise.all([writer.synced, reader.synced])
  const before = Y.encodeStateAsUpdate(reader.doc)
  const heard: Uint8Array[] = []
  reader.doc.on('update', (update: Uint8Array) => heard.push(update))

  writer.doc.getArray('messages').push([new Y.Map([['id', 'forged']])])

  expect(await writer.closed).toBe(4403)
  // A later honest message is the first thing that the reader hears.
  const ana = server.connect('ana', sessionId)
  await (await ana.prompt('hello')).finished
  await expect.poll(() => readContent(reader.doc).messages.length).toBe(2)
  expect(heard.length).toBeGreaterThan(0)
  expect(readContent(reader.doc).messages.some(({ id }) => id === 'forged')).toBe(false)
  expect(reader.doc.store.clients.has(writer.doc.clientID)).toBe(false)
  expect(before.length).toBeLessThan(Y.encodeStateAsUpdate(reader.doc).length)
})

it('[S4] an honest client that reopens with y-indexeddb sends what the server has, and stays', async () => {
  const server = await TestServer.start()
  const sessionId = await server.session()
  const ana = server.connect('ana', sessionId)
  await (await ana.prompt('hello')).finished
  const first = await foreignClient(server, 'ana', sessionId)
  const kept = new IndexeddbPersistence(first.name, first.doc)
  await kept.whenSynced
  first.connect()
  await first.synced
  first.provider.destroy()
  await kept.destroy()

  const reopened = await foreignClient(server, 'ana', sessionId)
  reopened.connect()
  await reopened.synced
  // Loading now makes the stock provider send the whole stored doc as its own update.
  const again = new IndexeddbPersistence(reopened.name, reopened.doc)
  await again.whenSynced
  const { promptId } = await ana.prompt('still there?')
  await expect
    .poll(() => readContent(reopened.doc).messages.filter((m) => m.metadata.promptId === promptId).length)
    .toBe(2)
  expect(reopened.provider.wsconnected).toBe(true)
  await again.destroy()
})
