import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { settle } from './test/clock.ts'
import { textOf, until, world } from './test/kit.ts'
import { askingCall, LaneWriter } from './test/lane.ts'
import { refuse, tokenOf } from './test/server.ts'
import type { Snapshot } from './types/index.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

describe('joining', () => {
  it('[C1] is ready once the transcript is up to date', async () => {
    w.server.lane.add(1, ['Hello'])
    const session = w.join()
    expect(session.snapshot()).toMatchObject({ messages: [], connection: { state: 'connecting', unsent: 0 } })
    await session.ready
    const { me, members, title, connection, messages } = session.snapshot()
    expect(me).toEqual({ id: 'ana', name: 'Ana', role: 'owner' })
    expect(members).toHaveLength(2)
    expect({ title, connection }).toEqual({ title: 'Launch', connection: { state: 'live', unsent: 0 } })
    expect(messages[0]).toMatchObject({
      id: 'm1',
      role: 'assistant',
      parts: [{ type: 'text', text: 'Hello' }],
    })
  })

  it('[C1] rejects `ready` for somebody who has no access', async () => {
    const session = w.join({ auth: () => tokenOf('eve') })
    await expect(session.ready).rejects.toMatchObject({ code: 'NOT_FOUND', status: 404 })
    expect(session.snapshot().connection).toEqual({ state: 'ended', reason: 'NOT_FOUND', unsent: 0 })
  })

  it('[C2] asks `auth` again after 401, once', async () => {
    let refusals = 1
    w.server.override = () => (refusals-- > 0 ? refuse('UNAUTHENTICATED') : undefined)
    const auth = vi.fn(() => tokenOf('ana'))
    await w.join({ auth }).ready
    expect(auth).toHaveBeenCalledTimes(2)
    w.server.override = () => refuse('UNAUTHENTICATED')
    await expect(w.join({ auth }).ready).rejects.toMatchObject({ code: 'UNAUTHENTICATED', status: 401 })
  })

  it('[C2] takes no token that does not say who its bearer is', async () => {
    const session = w.join({ auth: () => 'opaque' })
    await expect(session.ready).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    await expect(session.prompt('one')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' })
    expect(w.server.seen).toEqual([])
  })

  it('[C2] tries again when `auth` fails', async () => {
    const auth = vi
      .fn(() => tokenOf('ana'))
      .mockImplementationOnce(() => {
        throw new Error('offline')
      })
    const session = w.join({ auth })
    await w.clock.advance(1_000)
    await session.ready
  })

  it('[C3] ends when `auth` answers for another person', async () => {
    const auth = vi.fn().mockReturnValueOnce(tokenOf('ana')).mockReturnValue(tokenOf('bo'))
    const session = w.join({ auth })
    await session.ready
    w.server.socket.end(4501)
    await w.clock.advance(1)
    expect(session.snapshot().connection).toMatchObject({ state: 'ended', reason: 'IDENTITY_CHANGED' })
    await expect(session.cancel('t1')).rejects.toMatchObject({ code: 'IDENTITY_CHANGED' })
    expect(w.server.seen.every(({ userId }) => userId === 'ana')).toBe(true)
  })
})

describe('snapshots', () => {
  it('[C4] call a subscriber once a frame and not when nothing differs', async () => {
    const session = w.join()
    await session.ready
    const heard: Snapshot[] = []
    session.subscribe((snapshot) => heard.push(snapshot))
    w.server.lane.doc.transact(() => {
      w.server.lane.add(1, ['a'])
      w.server.lane.queue('p9', { rank: 2 })
    })
    w.server.lane.append(0, 'b')
    await settle()
    expect(heard.length).toBeLessThanOrEqual(2)
    expect(textOf(session.snapshot())).toEqual(['ab'])
    heard.length = 0
    session.setTyping(false)
    await settle()
    expect(heard).toEqual([])
  })

  it('[C5] keep the identity of all that did not change', async () => {
    w.server.lane.add(1, ['question'], { role: 'user' })
    w.server.lane.add(2, ['ans'], { status: 'streaming' })
    const session = w.join()
    await session.ready
    const before = session.snapshot()
    w.server.lane.append(1, 'wer')
    const after = await until(session, (snapshot) => snapshot !== before)
    expect(textOf(after)).toEqual(['question', 'answer'])
    expect(after.messages[0]).toBe(before.messages[0])
    expect(after.messages[1]).not.toBe(before.messages[1])
    for (const key of ['queue', 'turn', 'people', 'members', 'me', 'outbox', 'connection'] as const) {
      expect(after[key]).toBe(before[key])
    }
  })

  it('[C6] order the queue by rank', async () => {
    w.server.lane.queue('p-a', { rank: 2 })
    w.server.lane.queue('p-b', { rank: 1 })
    w.server.lane.turn({ turnId: 't1', promptId: 'p-0', state: 'streaming' })
    const session = w.join()
    await session.ready
    expect(session.snapshot().queue.map(({ promptId }) => promptId)).toEqual(['p-b', 'p-a'])
    expect(session.snapshot().turn).toMatchObject({ turnId: 't1' })
  })

  it('[C7] put older pages in front, page by page', async () => {
    w.server.lanes.set('launch/main@1', new LaneWriter({ firstSeq: 5 }))
    w.server.lane.add(5, ['five'])
    w.server.pages = (before = 99) => ({
      messages: [
        { id: `m${before - 1}`, role: 'user', metadata: { seq: before - 1 }, parts: page(before - 1) },
      ],
      before: before - 1 > 3 ? before - 1 : null,
    })
    const session = w.join()
    await session.ready
    expect(await session.older()).toMatchObject({ more: true })
    expect(await session.older()).toMatchObject({ more: false })
    expect(await session.older()).toEqual({ messages: [], more: false })
    expect(textOf(session.snapshot())).toEqual(['3, all', '4, all', 'five'])
    expect(w.server.count('GET', /messages/)).toBe(2)
  })
})

const page = (seq: number) => [
  { type: 'text' as const, text: `${seq}, ` },
  { type: 'text' as const, text: 'all', continues: true as const },
]

it('[C37] older pages have calls, too; only answers of the doc count as unfinished', async () => {
  w.server.lanes.set('launch/main@1', new LaneWriter({ firstSeq: 2 }))
  w.server.lane.add(2, [askingCall('c2')], { status: 'streaming' })
  const metadata = { seq: 1, promptId: 'p1', status: 'done' }
  const parts = [...page(1), askingCall('c1'), { type: 'text', text: 'after' }]
  w.server.pages = () => ({ messages: [{ id: 'm1', role: 'assistant', metadata, parts }], before: null })
  const session = w.join()
  await session.ready
  await session.older()
  const { messages, unfinished } = session.snapshot()
  expect(textOf(session.snapshot())).toEqual(['1, all|note.append|after', 'note.append'])
  expect(messages[0]?.parts[1]).toEqual(askingCall('c1'))
  expect(unfinished.map(({ id }) => id)).toEqual(['m2'])
})

describe('finished', () => {
  it('[C8] tells the end and the answer from the doc', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft')
    expect(prompt).toMatchObject({ promptId: 'p-1', laneId: 'main', position: 1 })
    w.server.lane.add(1, ['Draft'], { role: 'user', promptId: 'p-1' })
    w.server.lane.add(2, ['Here'], { status: 'streaming', promptId: 'p-1' })
    await settle()
    w.server.lane.setStatus(1, 'cancelled')
    const { end, message } = await prompt.finished
    expect(end).toBe('cancelled')
    expect(message).toBe(session.snapshot().messages[1])
    expect(w.server.count('GET', /prompts/)).toBe(0)
  })

  it('[C8] waits for an answer that is parked in no turn', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft')
    w.server.lane.turn({ turnId: 't2', promptId: 'p-1' })
    w.server.lane.add(2, [askingCall('c1')], { status: 'streaming', promptId: 'p-1' })
    await settle()
    w.server.lane.turn(null)
    await w.clock.advance(10_000)
    expect(w.server.count('GET', /prompts/)).toBe(0)
    w.server.lane.setStatus(0, 'done')
    expect((await prompt.finished).end).toBe('done')
  })

  it('[C8] asks the server about a prompt that left the queue without an answer', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft')
    w.server.lane.queue('p-1', {})
    await settle()
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'main', state: 'ended', end: 'withdrawn' })
    w.server.lane.queue('p-1', null)
    expect(await prompt.finished).toEqual({ end: 'withdrawn' })
  })

  it('[C8] finds an answer that left the segment while the client was away', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft')
    w.server.lane.queue('p-1', {})
    await settle()
    w.server.roll(new LaneWriter({ firstSeq: 90 }))
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'main', state: 'ended', end: 'done' })
    const metadata = { seq: 2, promptId: 'p-1', status: 'done' }
    const answer = {
      id: 'm2',
      role: 'assistant' as const,
      metadata,
      parts: [{ type: 'text' as const, text: 'Old' }],
    }
    w.server.pages = (before) => ({ messages: before === 90 ? [answer] : [], before: null })
    w.server.socket.end(4410)
    await w.clock.advance(1)
    await w.clock.advance(1_000)
    const message = { ...answer, laneId: 'main', audience: 'everyone' }
    expect(await prompt.finished).toEqual({ end: 'done', message })
  })

  it('[C8] asks about a prompt that the doc never showed', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft')
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'main', state: 'ended', end: 'withdrawn' })
    await w.clock.advance(999)
    expect(w.server.count('GET', /prompts/)).toBe(0)
    await w.clock.advance(1)
    expect(await prompt.finished).toEqual({ end: 'withdrawn' })
  })

  it('[C8] asks again after a reconnect: the doc may tell nothing of what happened meanwhile', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft')
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'main', state: 'waiting' })
    await w.clock.advance(1_000)
    expect(w.server.count('GET', /prompts/)).toBe(1)
    w.server.socket.end(1006)
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'main', state: 'ended', end: 'withdrawn' })
    await w.clock.advance(1_000)
    expect(await prompt.finished).toEqual({ end: 'withdrawn' })
  })

  it('[C8] rejects when the session is closed here', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft')
    session.close()
    await expect(prompt.finished).rejects.toMatchObject({ code: 'CLOSED' })
  })
})

describe('commands', () => {
  it('[C9] repeat a lost request under the same commandId', async () => {
    const session = w.join()
    await session.ready
    let lost = 0
    w.server.override = ({ path }) =>
      path.includes('cancel') && lost++ === 0 ? 'acted, then lost' : undefined
    const cancelled = session.cancel('t/1')
    await w.clock.advance(1_000)
    await cancelled
    const tries = w.server.seen.filter(({ path }) => path === '/sessions/launch/turns/t%2F1/cancel')
    expect(tries).toHaveLength(2)
    expect(tries[0]?.body).toEqual(tries[1]?.body)
  })

  it('[C9] carry a commandId: in the query of DELETE, else in the body', async () => {
    const session = w.join()
    await session.ready
    const prompt = await session.prompt('Draft', { audience: 'everyone', model: 'm' })
    await prompt.edit('Draft 2')
    await prompt.move(null)
    await prompt.withdraw()
    await session.retract('m1')
    await session.invite({ role: 'viewer', expiresIn: 1000, uses: 1 })
    const uuid = expect.stringMatching(
      /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    )
    const commands = w.server.seen.filter(({ method, path }) => method !== 'GET' && path !== '/tickets')
    expect(commands.map(({ method, path, body }) => [method, path.replace(/=.*/, ''), body])).toEqual([
      [
        'POST',
        '/sessions/launch/prompts',
        { commandId: uuid, text: 'Draft', audience: 'everyone', model: 'm' },
      ],
      ['PATCH', '/sessions/launch/prompts/p-1', { commandId: uuid, text: 'Draft 2' }],
      ['POST', '/sessions/launch/prompts/p-1/move', { commandId: uuid, before: null }],
      ['DELETE', '/sessions/launch/prompts/p-1?commandId', {}],
      ['DELETE', '/sessions/launch/messages/m1?commandId', {}],
      ['POST', '/sessions/launch/invites', { commandId: uuid, role: 'viewer', expiresIn: 1000, uses: 1 }],
    ])
  })

  it('[C38] decide a call by the arguments that were shown, and repeat a lost answer under one commandId', async () => {
    const session = w.join()
    await session.ready
    let lost = 0
    w.server.override = ({ path, body }) =>
      path.includes('approvals') && body.decision === 'allow' && lost++ === 0 ? 'acted, then lost' : undefined
    const call = { turnId: 't/1', callId: 'c/1', argsHash: 'hash' }
    const allowed = session.allowCall(call)
    await w.clock.advance(1_000)
    await allowed
    await session.denyCall(call)
    await session.editCall(call, { text: 'Ship it later' })
    const sent = w.server.seen.filter(({ path }) => path.includes('approvals'))
    expect(new Set(sent.map(({ path }) => path))).toEqual(
      new Set(['/sessions/launch/turns/t%2F1/approvals/c%2F1']),
    )
    expect(sent[0]?.body).toEqual(sent[1]?.body)
    expect(sent.slice(1).map(({ body: { commandId, ...rest } }) => rest)).toEqual([
      { decision: 'allow', argsHash: 'hash' },
      { decision: 'deny', argsHash: 'hash' },
      { decision: 'edit', argsHash: 'hash', args: { text: 'Ship it later' } },
    ])
    expect(new Set(sent.map(({ body }) => body.commandId)).size).toBe(3)
  })

  it.each(['CALL_DECIDED', 'CALL_CHANGED', 'APPROVAL_EXPIRED', 'TURN_ENDED'] as const)(
    '[C38] tell why a decision came to nothing: %s',
    async (code) => {
      const session = w.join()
      await session.ready
      w.server.override = ({ path }) => (path.includes('approvals') ? refuse(code) : undefined)
      const decided = session.allowCall({ turnId: 't1', callId: 'c1', argsHash: 'old' })
      await expect(decided).rejects.toMatchObject({ code, status: 409 })
      expect(w.server.count('POST', /approvals/)).toBe(1)
    },
  )
})
