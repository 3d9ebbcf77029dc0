import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { expect, it, onTestFinished } from 'vitest'
import { WebSocket } from 'ws'
import { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ToolServer } from '../kit/tool-server.ts'

it('[R9][Q18] SIGTERM: not ready at once, the call under way ends, nothing new begins, 1012; the turn goes on after the restart', async () => {
  const tools = await ToolServer.start()
  onTestFinished(() => tools.close())
  const server = await ServerProcess.start(await temporaryFolder(), {
    ...{ COLLOQUY_OFFLINE_TPS: '0', COLLOQUY_TOOLS: tools.setting() },
  })
  const { id, lanes } = await server.json('ana', 'POST', '/sessions', { commandId: randomUUID() })
  const { ticket } = await server.json('ana', 'POST', '/tickets', { sessionId: id })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/sync/${lanes[0].doc}?ticket=${ticket}`)
  const closed = once(socket, 'close')
  await once(socket, 'open')

  const release = tools.hold('unsafe.add')
  const prompt = (text: string) =>
    server.json('ana', 'POST', `/sessions/${id}/prompts`, { commandId: randomUUID(), text })
  await prompt('/tool unsafe.add {"id": "a"}')
  await expect.poll(() => tools.requests('unsafe.add').length).toBe(1)
  const ended = server.terminate()
  await expect.poll(async () => (await fetch(`${server.url}/readyz`)).status).toBe(503)
  // What is accepted now is kept, and begins after the restart.
  await prompt('/tool keyed.add {"id": "b"}')
  release()
  expect(await ended).toBe(0)
  expect((await closed)[0]).toBe(1012)
  expect(tools.requests('keyed.add')).toHaveLength(0)

  await server.start()
  const turns = async () => {
    const exported = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    return exported.turns.map(({ end }: { end: string }) => end)
  }
  await expect.poll(turns, { timeout: 10_000 }).toEqual(['done', 'done'])
  // Its answer was journaled before the end: nobody was asked twice.
  expect(tools.requests('unsafe.add')).toHaveLength(1)
  expect(tools.effects('keyed.add')).toHaveLength(1)
})
