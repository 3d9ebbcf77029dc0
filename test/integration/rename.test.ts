import { openWorkspace } from '@colloquy/client/team'
import { expect, it } from 'vitest'
import { TestServer } from '../kit/server.ts'

const workspaceOf = (server: TestServer, userId: string) =>
  openWorkspace({ url: server.url, auth: () => server.token(userId) })

it('[D16] a moderator renames a session: everybody who has it open sees it, and lists and restarts know it', async () => {
  const server = await TestServer.start()
  const id = await server.session({ mo: 'moderator', bo: 'prompter' })
  const client = server.connect('bo', id)
  await client.ready
  const renamed = Promise.withResolvers<string>()
  client.subscribe(({ title }) => {
    if (title !== 'Test') renamed.resolve(title)
  })
  await workspaceOf(server, 'mo').manage(id).rename('  Launch plan ')
  expect(await renamed.promise).toBe('Launch plan')
  await server.restart()
  expect((await server.json('bo', 'GET', `/sessions/${id}`)).title).toBe('Launch plan')
  expect(await workspaceOf(server, 'bo').sessions()).toMatchObject([{ id, title: 'Launch plan' }])
})

it('[D16] nobody else renames it, and not to what is no title', async () => {
  const server = await TestServer.start()
  const id = await server.session({ bo: 'prompter' })
  expect(await server.refusal('bo', 'PATCH', `/sessions/${id}`, { title: 'Mine' })).toBe('403 FORBIDDEN')
  expect(await server.refusal('cy', 'PATCH', `/sessions/${id}`, { title: 'Mine' })).toBe('404 NOT_FOUND')
  for (const title of ['', '  ', 'a\u0007b', 'x'.repeat(201)]) {
    expect(await server.refusal('ana', 'PATCH', `/sessions/${id}`, { title })).toBe('400 MALFORMED')
  }
  expect((await server.json('ana', 'GET', `/sessions/${id}`)).title).toBe('Test')
})

it('[D11] the client asks again and hears how it ended', async () => {
  const server = await TestServer.start()
  const id = await server.session()
  const client = server.connect('ana', id)
  await client.ready
  const first = await (await client.prompt('hello there')).finished
  const repeated = await client.regenerate(first.message?.id ?? '')
  expect(repeated).toMatchObject({ laneId: 'main', position: 1 })
  expect(await repeated.finished).toMatchObject({ end: 'done' })
  const { messages } = client.snapshot()
  expect(messages.map(({ metadata: { again } }) => again)).toEqual([
    undefined,
    undefined,
    messages[0]?.id,
    undefined,
  ])
  await expect(client.regenerate('m_nothing')).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
