import { openWorkspace } from '@colloquy/client/team'
import { expect, it } from 'vitest'
import { TestServer } from '../kit/server.ts'

const listOf = (server: TestServer, userId: string) =>
  openWorkspace({ url: server.url, auth: () => server.token(userId) }).sessions()

it('[LR35] the list tells my role, the last message of each lane that I read, and nothing of others', async () => {
  const server = await TestServer.start()
  const id = await server.session({ bo: 'prompter', vi: 'viewer' })
  const client = server.connect('bo', id)
  await client.ready
  await (await client.prompt('to all')).finished
  const before = (await listOf(server, 'vi'))[0]
  expect(before).toMatchObject({ id, role: 'viewer', lanes: [{ laneId: 'main', lastSeq: 2 }] })
  const { laneId, finished } = await client.prompt('to me', { audience: [] })
  await finished
  expect(await listOf(server, 'bo')).toMatchObject([
    {
      role: 'prompter',
      lanes: [
        { laneId: 'main', lastSeq: 2 },
        { laneId, lastSeq: 2 },
      ],
    },
  ])
  // Not by time, either.
  expect((await listOf(server, 'vi'))[0]).toEqual(before)
  expect((await listOf(server, 'ana'))[0]?.lanes).toEqual([{ laneId: 'main', lastSeq: 2 }])
  await server.restart()
  expect((await listOf(server, 'bo'))[0]?.lanes).toHaveLength(2)
})

it('[LR36] it is answered without loading any session', async () => {
  const loads: string[] = []
  const server = await TestServer.start({
    wrapJournal: (journal) =>
      new Proxy(journal, {
        get: (target, key) => {
          const value: unknown = Reflect.get(target, key)
          if (typeof value !== 'function') return value
          return (...args: unknown[]) => {
            if (key === 'load') loads.push(String(args[0]))
            return value.apply(target, args)
          }
        },
      }),
  })
  await server.session({ bo: 'prompter' })
  await server.restart()
  loads.length = 0
  expect(await listOf(server, 'bo')).toMatchObject([{ role: 'prompter', here: [] }])
  expect(loads).toEqual([])
})

it('[LR37] it tells who has a session open now, once each, as all its members see', async () => {
  const server = await TestServer.start()
  const id = await server.session({ bo: 'prompter' })
  const other = await server.session()
  const here = async (session: string) =>
    (await listOf(server, 'ana')).find((each) => each.id === session)?.here.map((person) => person.id)
  const [bo, ana, again] = [server.connect('bo', id), server.connect('ana', id), server.connect('ana', id)]
  await Promise.all([bo.ready, ana.ready, again.ready])
  await expect.poll(() => here(id)).toEqual(['ana', 'bo'])
  expect(await here(other)).toEqual([])
  expect(await listOf(server, 'cy')).toEqual([])
  bo.close()
  again.close()
  await expect.poll(() => here(id)).toEqual(['ana'])
})
