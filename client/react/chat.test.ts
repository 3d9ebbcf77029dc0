import type { AbstractChat, ChatStatus, UIMessage } from 'ai'
import { afterEach, beforeEach, expect, expectTypeOf, it } from 'vitest'
import { settle } from '../test/clock.ts'
import { until, world } from '../test/kit.ts'
import { askingCall } from '../test/lane.ts'
import { refuse } from '../test/server.ts'
import { busyWith, failuresOf, respond, send, stopMine } from './chat.ts'
import type { SessionChat } from './types.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

it('[C33] has the shape of the AI SDK’s helpers', () => {
  type Chat = AbstractChat<UIMessage>
  expectTypeOf<SessionChat['id']>().toEqualTypeOf<Chat['id']>()
  expectTypeOf<SessionChat['messages']>().toExtend<UIMessage[]>()
  expectTypeOf<SessionChat['status']>().toEqualTypeOf<ChatStatus>()
  expectTypeOf<SessionChat['error']>().toEqualTypeOf<Chat['error']>()
  expectTypeOf<SessionChat['stop']>().toExtend<Chat['stop']>()
  expectTypeOf<SessionChat['clearError']>().toExtend<Chat['clearError']>()
  expectTypeOf<SessionChat['addToolApprovalResponse']>().toExtend<Chat['addToolApprovalResponse']>()
  expectTypeOf<{ text: string }>().toExtend<Parameters<Chat['sendMessage']>[0]>()
  expectTypeOf<{ text: string }>().toExtend<Parameters<SessionChat['sendMessage']>[0]>()
})

it('[C33] the status is that of one’s own prompts', async () => {
  const session = w.join()
  await session.ready
  const bo = { id: 'bo', name: 'Bo' }
  w.server.lane.turn({ turnId: 't1', promptId: 'p1', author: bo })
  w.server.lane.queue('p2', { author: bo })
  expect(busyWith(await until(session, ({ turn }) => turn !== null))).toBeNull()
  w.server.lane.queue('p3', {})
  expect(busyWith(await until(session, ({ queue }) => queue.length === 2))).toBe('submitted')
  w.server.lane.queue('p3', null)
  w.server.lane.turn({ turnId: 't3', promptId: 'p3', author: { id: 'ana', name: 'Ana' } })
  expect(busyWith(await until(session, ({ turn }) => turn?.turnId === 't3'))).toBe('streaming')
  w.server.lane.turn(null)
  await until(session, ({ turn }) => turn === null)
  w.server.override = () => 'lost'
  const unsent = session.prompt('later')
  unsent.catch(() => {})
  expect(busyWith(await until(session, ({ outbox }) => outbox.length === 1))).toBe('submitted')
})

it('[C33] an answer that waits outside of its lane’s turn is busy, and can be stopped', async () => {
  const session = w.join()
  await session.ready
  w.server.lane.add(1, [askingCall('c1')], { status: 'streaming', author: { id: 'bo', name: 'Bo' } })
  await until(session, ({ unfinished }) => unfinished.length === 1)
  expect(busyWith(session.snapshot())).toBeNull()
  await stopMine(session)
  expect(w.server.count('POST', /cancel/)).toBe(0)
  w.server.lane.add(2, [askingCall('c2')], { status: 'streaming' })
  expect(busyWith(await until(session, ({ unfinished }) => unfinished.length === 2))).toBe('submitted')
  await stopMine(session)
  expect(w.server.count('POST', /turns\/t2\/cancel/)).toBe(1)
})

it('[C39] answers the approval that a renderer of the AI SDK names', async () => {
  const session = w.join()
  await session.ready
  w.server.lane.add(1, [askingCall('c1'), askingCall('c2')], { status: 'streaming' })
  await until(session, ({ unfinished }) => unfinished.length === 1)
  await respond(session, { id: 'c2', approved: true })
  await respond(session, { id: 'c1', approved: false })
  const sent = w.server.seen.filter(({ path }) => path.includes('approvals'))
  expect(sent.map(({ path, body }) => [path, body.decision, body.argsHash])).toEqual([
    ['/sessions/launch/turns/t1/approvals/c2', 'allow', 'hash-c2'],
    ['/sessions/launch/turns/t1/approvals/c1', 'deny', 'hash-c1'],
  ])
  await expect(respond(session, { id: 'c3', approved: true })).rejects.toMatchObject({ code: 'CALL_DECIDED' })
})

it('[C33] a refusal is kept until the next prompt, and told to who awaits it', async () => {
  const session = w.join()
  await session.ready
  const failures = failuresOf(session)
  let heard = 0
  const stop = failures.subscribe(() => heard++)
  w.server.override = ({ method }) => (method === 'POST' ? refuse('TOO_LARGE') : undefined)
  void send(session, 'long')
  await expect(send(session, { text: 'long' })).rejects.toMatchObject({ code: 'TOO_LARGE' })
  await settle()
  expect(failuresOf(session).read()).toMatchObject({ code: 'TOO_LARGE' })
  expect(heard).toBeGreaterThan(0)
  stop()
  w.server.override = () => undefined
  const prompt = await send(session, 'short')
  expect(failures.read()).toBeUndefined()
  w.server.lane.add(1, ['cut'], { status: 'failed', promptId: prompt.promptId })
  await prompt.finished
  await settle()
  expect(failures.read()).toMatchObject({ code: 'UNEXPECTED' })
})

it('[C33] leaving, and dropping a prompt, is no failure', async () => {
  const session = w.join()
  await session.ready
  w.server.override = () => 'lost'
  const dropped = send(session, 'one')
  const { outbox } = await until(session, (now) => now.outbox.length === 1)
  await w.clock.advance(1)
  await session.discard(outbox[0]?.commandId ?? '')
  await expect(dropped).rejects.toMatchObject({ code: 'DISCARDED' })
  const left = send(session, 'two')
  await settle()
  session.close()
  await expect(left).rejects.toMatchObject({ code: 'CLOSED' })
  await settle()
  expect(failuresOf(session).read()).toBeUndefined()
})
