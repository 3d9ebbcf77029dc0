import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect } from '@colloquy/client'
import type { ExportAnswer } from '@colloquy/shared/answers'
import { Redis } from 'ioredis'
import { expect, it, onTestFinished } from 'vitest'
import { WORKSPACE_STREAM } from '../../server/access/workspace-stream.ts'
import { eventually } from '../kit/eventually.ts'
import { FaultProxy } from '../kit/fault-proxy.ts'
import { ServerProcess } from '../kit/process.ts'
import { RedisServer } from '../kit/redis.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ask, LEASE_MS, sessionAt, several, WireReader } from './several.ts'

const settingsOf = (url: string) => ({ COLLOQUY_REDIS_URL: url, COLLOQUY_LEASE_MS: String(LEASE_MS) })

it('[MS5] a replica that takes over without the last appends: everybody comes to see the same, under a new incarnation', async () => {
  const [first, folder] = [await RedisServer.start(), await temporaryFolder()]
  const replica = await first.replica()
  const proxy = await FaultProxy.start(`http://127.0.0.1:${first.port}`)
  onTestFinished(() => proxy.close())
  const url = proxy.url.replace('http', 'redis')
  const env = { ...settingsOf(url), COLLOQUY_OFFLINE_TPS: '200' }
  const nodes = [
    await ServerProcess.start(folder, env),
    await ServerProcess.start(await temporaryFolder(), env),
  ]
  const [one, two] = nodes as [ServerProcess, ServerProcess]
  const { id } = await sessionAt(one)
  const clients = [one, two].map((server) => {
    const client = connect({ url: server.url, session: id, auth: () => server.token('ana') })
    onTestFinished(() => client.close())
    return client
  })
  await Promise.all(clients.map(({ ready }) => ready))
  const [mine, other] = clients as [(typeof clients)[0], (typeof clients)[0]]
  await (await mine.prompt('Kept')).finished
  // From here on the replica hears nothing.
  await replica.command('REPLICAOF', 'NO', 'ONE')
  await (await mine.prompt('Lost')).finished
  await eventually(() => other.snapshot().messages.length === 4)
  proxy.leadTo(`http://127.0.0.1:${replica.port}`)
  proxy.reset()
  const promptId = await eventuallyAsked(two, id, 'After')
  const told = (client: (typeof clients)[0]) => {
    const { connection, messages } = client.snapshot()
    return connection.state === 'live' ? JSON.stringify(messages.map(({ id: each }) => each)) : null
  }
  const exported = async () =>
    (await two.json('ana', 'GET', `/sessions/${id}/export?format=json`)) as ExportAnswer
  await eventually(async () =>
    (await exported()).turns.some((turn) => turn.promptId === promptId && turn.endedAt !== null),
  )
  const { messages } = await exported()
  expect(messages.length).toBe(4)
  await eventually(() =>
    clients.every((client) => told(client) === JSON.stringify(messages.map((each) => each.id))),
  )
})

/** Asks until a server takes it: who asks by hand does so too. */
async function eventuallyAsked(server: ServerProcess, id: string, text: string): Promise<string> {
  const commandId = randomUUID()
  let promptId = ''
  await eventually(async () => {
    const answer = await server.json('ana', 'POST', `/sessions/${id}/prompts`, { commandId, text })
    promptId = answer.promptId
    return true
  })
  return promptId
}

it('[MS6] Redis that goes away in the middle of an answer and comes back: prompts are held, and answered then', async () => {
  const { redis, nodes } = await several(2, { COLLOQUY_OFFLINE_TPS: '40' })
  const [one, two] = nodes
  const { id } = await sessionAt(one)
  const running = await ask(one, 'ana', id, '/write 60')
  const waiting = await ask(two, 'ana', id, 'Next')
  await redis.kill()
  await eventually(async () => (await fetch(`${one.url}/readyz`)).status === 503)
  const refused = await ask(two, 'ana', id, 'While it is away').catch((error: Error) => error.message)
  expect(refused).toContain('503')
  expect((await fetch(`${one.url}/healthz`)).status).toBe(200)
  await redis.restart()
  for (const promptId of [running, waiting]) {
    await eventually(async () => {
      const state = await two.json('ana', 'GET', `/sessions/${id}/prompts/${promptId}`)
      return state.state === 'ended' && state.end === 'done'
    }, 30_000)
  }
  expect((await fetch(`${one.url}/readyz`)).status).toBe(200)
})

it('[MS7] damage to one session stays in that session, at all servers', async () => {
  const { redis, nodes } = await several(2, { COLLOQUY_OFFLINE_TPS: '0' })
  const [one, two] = nodes
  const [bad, good] = [await sessionAt(one), await sessionAt(one)]
  for (const server of nodes) {
    for (const { id } of [bad, good]) await server.json('ana', 'GET', `/sessions/${id}`)
  }
  const store = new Redis(redis.url)
  onTestFinished(() => store.disconnect())
  await store.set(`colloquy:{${bad.id}}:feed`, 'something else')
  await expect(ask(two, 'ana', bad.id, 'Hello?')).rejects.toThrow('503')
  for (const server of [one, two]) {
    const promptId = await ask(server, 'ana', good.id, 'Hello')
    await eventually(async () => {
      const state = await server.json('ana', 'GET', `/sessions/${good.id}/prompts/${promptId}`)
      return state.state === 'ended'
    })
  }
})

it('[MS9] servers that cannot read what has changed in the workspace serve nobody by what was, until they can', async () => {
  const { redis, nodes } = await several(2, { COLLOQUY_OFFLINE_TPS: '40' })
  const [one, two] = nodes
  const { id } = await sessionAt(one)
  const readers = [await WireReader.open(one, 'ana', id), await WireReader.open(two, 'ana', id)]
  const promptId = await ask(one, 'ana', id, '/write 120')
  await eventually(() => readers.every(({ answer }) => answer !== ''))
  const store = new Redis(redis.url)
  onTestFinished(() => store.disconnect())
  const [known, events] = ['stream', 'events'].map((part) => `colloquy:{${WORKSPACE_STREAM}}:${part}`)
  const position = Number(await store.hget(known ?? '', 'position'))
  // As a newer server may write what this one does not know.
  const entry = `${position + 1}-0`
  await store.xadd(events ?? '', entry, 'events', '[{"type":"person.sold"}]', 'cells', Buffer.from([0x90]))
  await store.hset(known ?? '', 'position', position + 1)
  for (const server of nodes) {
    await eventually(async () => (await fetch(`${server.url}/readyz`)).status === 503)
    await expect(server.json('ana', 'GET', `/sessions/${id}`)).rejects.toThrow('503')
    await expect(ask(server, 'ana', id, 'Now?')).rejects.toThrow('503')
  }
  const [heard, from] = [readers.map(({ came }) => came.length), Date.now()]
  await eventually(() => Date.now() - from > LEASE_MS)
  expect(readers.map(({ came }) => came.length)).toEqual(heard)
  await store.xdel(events ?? '', entry)
  await store.hset(known ?? '', 'position', position)
  await eventually(async () => {
    const state = await two.json('ana', 'GET', `/sessions/${id}/prompts/${promptId}`)
    return state.state === 'ended' && state.end === 'done'
  }, 30_000)
})

it('[MS8] a store that would lose or drop what it holds, a wrong password and none at all end the start with one line', async () => {
  const evicting = await RedisServer.start({ 'maxmemory-policy': 'allkeys-lru' })
  const forgetful = await RedisServer.start({ appendfsync: 'everysec' })
  const locked = await RedisServer.start({ requirepass: 'right' })
  const started = async (url: string, env: Record<string, string> = {}) =>
    ServerProcess.start(await temporaryFolder(), { ...settingsOf(url), ...env }).then(
      () => 'started',
      (error: Error) => error.message,
    )
  expect(await started(evicting.url)).toMatch(/drops what it holds.*set noeviction/)
  expect(await started(forgetful.url)).toMatch(/COLLOQUY_REDIS_FSYNC=everysec/)
  expect(await started(forgetful.url, { COLLOQUY_REDIS_FSYNC: 'everysec' })).toBe('started')
  const wrong = await started(locked.url.replace('//', '//:hidden-word@'))
  expect(wrong).toMatch(/the user or the password in the URL is wrong/)
  expect(wrong).not.toContain('hidden-word')
  expect(await started('redis://127.0.0.1:1')).toMatch(/nothing listens there/)
})

it('[RC7] servers need no other rights in Redis than those that OPERATING.md lists', async () => {
  const redis = await RedisServer.start()
  const listed = /ACL SETUSER (.*)/.exec(
    readFileSync(new URL('../../docs/OPERATING.md', import.meta.url), 'utf8'),
  )
  await redis.command('ACL', 'SETUSER', ...(listed?.[1] ?? '').split(' '))
  const env = {
    ...settingsOf(redis.url.replace('//', '//colloquy:PASSWORD@')),
    COLLOQUY_OFFLINE_TPS: '100',
  }
  const one = await ServerProcess.start(await temporaryFolder(), env)
  const two = await ServerProcess.start(await temporaryFolder(), env)
  const { id } = await sessionAt(one)
  const reader = await WireReader.open(two, 'ana', id)
  await ask(two, 'ana', id, '/write 30')
  await eventually(() => reader.answer !== '')
  await one.kill()
  await eventually(
    async () => (await two.json('ana', 'GET', `/sessions/${id}/export?format=json`)).turns[0]?.endedAt > 0,
  )
  expect(await redis.command('ACL', 'LOG')).toEqual([])
})
