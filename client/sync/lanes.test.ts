import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settle } from '../test/clock.ts'
import { textOf, until, world } from '../test/kit.ts'
import { LaneWriter } from '../test/lane.ts'
import { refuse } from '../test/server.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

const lanesOf = (session: { snapshot(): { lanes: readonly { laneId: string }[] } }) =>
  session.snapshot().lanes.map(({ laneId }) => laneId)

/** Joins, and waits until every lane is in sync. */
async function joined() {
  const session = w.join()
  await session.ready
  await w.clock.advance(1)
  return session
}

describe('a lane that appears', () => {
  it('[C40] [C60] is opened, with what is in it, and in sync', async () => {
    const session = await joined()
    expect(session.snapshot().lanes).toMatchObject([{ laneId: 'main', audience: 'everyone', lastSeq: 0 }])
    w.server.addLane('l1', ['ana', 'bo']).add(1, ['between us'])
    w.server.tellOfLanes()
    await w.clock.advance(1)
    expect(session.snapshot().lanes[1]).toEqual({
      ...{ laneId: 'l1', audience: ['ana', 'bo'], lastSeq: 1 },
      live: true,
    })
    expect(session.snapshot().messages).toMatchObject([
      { id: 'm1', laneId: 'l1', audience: ['ana', 'bo'], parts: [{ text: 'between us' }] },
    ])
  })

  it('[C40] shares each request with all that ask at the same time', async () => {
    for (const id of ['l1', 'l2', 'l3']) w.server.addLane(id, ['ana', id])
    const session = await joined()
    const asked = () => [
      w.server.count('GET', /^\/sessions\/launch$/),
      w.server.count('POST', /tickets/),
      w.server.sockets.length,
    ]
    expect(asked()).toEqual([2, 2, 4])
    for (const socket of w.server.sockets) socket.end(1012)
    await w.clock.advance(20_000)
    expect(session.snapshot().connection.state).toBe('live')
    expect(asked()).toEqual([4, 4, 8])
  })

  it('[C40] is noticed after a reconnect, though nobody told of it', async () => {
    const session = await joined()
    w.server.socketOf('main').end(1006)
    await settle()
    w.server.addLane('l1', ['ana'])
    await w.clock.advance(1_000)
    expect(lanesOf(session)).toEqual(['main', 'l1'])
    expect(w.server.socketOf('l1').readyState).toBe(1)
  })

  it('[C40] is asked for again when the server could not tell', async () => {
    const session = await joined()
    w.server.addLane('l1', ['ana'])
    w.server.override = ({ method }) => (method === 'GET' ? refuse('INTERNAL') : undefined)
    w.server.tellOfLanes()
    await settle()
    w.server.override = () => undefined
    await w.clock.advance(1_000)
    expect(lanesOf(session)).toEqual(['main', 'l1'])
  })

  it('[C40] is not missed when the server was just telling of those before', async () => {
    const session = await joined()
    let tell = () => {}
    const told = structuredClone(w.server.session)
    const waits = new Promise<void>((resolve) => {
      tell = resolve
    })
    const { fetch } = w.server
    const slow = w.join({
      fetch: async (input, init) => {
        const answer = await fetch(input, init)
        if (!String(input).endsWith('/sessions/launch') || w.server.session.lanes.length > 1) return answer
        await waits
        return Response.json(told)
      },
    })
    await settle()
    tell()
    await slow.ready
    w.server.addLane('l1', ['ana'])
    w.server.tellOfLanes()
    await w.clock.advance(1)
    expect(lanesOf(slow)).toEqual(['main', 'l1'])
    expect(lanesOf(session)).toEqual(['main', 'l1'])
  })

  it('[C40] changes neither whether the session is ready nor whether it is connected', async () => {
    w.server.addLane('l1', ['ana'])
    const session = await joined()
    w.server.override = ({ path }) => (path === '/tickets' ? 'lost' : undefined)
    w.server.socketOf('l1').end(1006)
    await w.clock.advance(60_000)
    expect(session.snapshot().connection.state).toBe('live')
    w.server.override = () => undefined
    await w.clock.advance(20_000)
    expect(w.server.socketOf('l1').readyState).toBe(1)
  })

  it('[C40] has a new incarnation of its own', async () => {
    w.server.addLane('l1', ['ana']).add(1, ['old'])
    const session = await joined()
    const next = new LaneWriter()
    next.add(1, ['new'])
    w.server.roll(next, 'l1')
    w.server.socketOf('l1').end(4410)
    await w.clock.advance(1)
    expect(textOf(session.snapshot())).toEqual(['new'])
  })
})

describe('a lane that one no longer reads', () => {
  it.each(['told', '4410'])('[C41] leaves the snapshot, and the session goes on (%s)', async (how) => {
    w.server.addLane('l1', ['ana', 'bo']).add(1, ['between us'])
    w.server.lane.add(1, ['for all'])
    const session = await joined()
    expect(textOf(session.snapshot())).toEqual(['between us', 'for all'])
    w.server.removeLane('l1')
    if (how === 'told') w.server.tellOfLanes()
    else w.server.socketOf('l1').end(4410)
    await w.clock.advance(1)
    expect(textOf(session.snapshot())).toEqual(['for all'])
    expect(lanesOf(session)).toEqual(['main'])
    expect(session.snapshot().connection.state).toBe('live')
    w.server.lane.add(2, ['goes on'])
    expect(textOf(await until(session, ({ messages }) => messages.length === 2))).toEqual([
      'for all',
      'goes on',
    ])
  })

  it('[C41] may come back', async () => {
    const lane = w.server.addLane('l1', ['ana', 'bo'])
    lane.add(1, ['between us'])
    const session = await joined()
    w.server.removeLane('l1')
    w.server.tellOfLanes()
    await w.clock.advance(1)
    w.server.addLane('l1', ['ana', 'bo'], lane)
    w.server.tellOfLanes()
    await w.clock.advance(1)
    expect(textOf(session.snapshot())).toEqual(['between us'])
  })

  it('[C41] ends the session with 4409, as any lane does', async () => {
    w.server.addLane('l1', ['ana'])
    const session = await joined()
    w.server.socketOf('l1').end(4409)
    await settle()
    expect(session.snapshot().connection).toMatchObject({ state: 'ended', reason: 'REVOKED' })
    expect(w.server.sockets.every(({ readyState }) => readyState === 3)).toBe(true)
  })
})

describe('what goes to a lane', () => {
  it('[C45] is a prompt with its audience and the `seq` that was seen there', async () => {
    w.server.addLane('l1', ['ana', 'bo']).add(7, ['seen'])
    w.server.lane.add(3, ['seen by all'])
    const session = await joined()
    await session.prompt('one', { audience: ['bo'] })
    await session.prompt('two')
    await session.prompt('three', { audience: [] })
    const sent = w.server.seen.filter(({ path }) => path.endsWith('/prompts')).map(({ body }) => body)
    expect(sent).toMatchObject([
      { text: 'one', audience: ['bo'], seenSeq: 7 },
      { text: 'two', seenSeq: 3 },
      { text: 'three', audience: [] },
    ])
    expect(sent[2]).not.toHaveProperty('seenSeq')
    await w.clock.advance(1)
    expect(session.snapshot().lanes.at(-1)).toMatchObject({ laneId: 'lane-2', audience: ['ana'], lastSeq: 0 })
  })

  it('[C45] is a prompt for a group, whose lane is known by its people', async () => {
    w.server.session.groups = [{ id: 'finance', members: ['bo'] }]
    w.server.addLane('l1', ['ana', 'bo']).add(7, ['seen'])
    const session = await joined()
    expect(session.snapshot().groups).toEqual([{ id: 'finance', members: ['bo'] }])
    const { groups } = session.snapshot()
    await session.prompt('one', { audience: ['group:finance'] })
    await session.prompt('two', { audience: ['group:unknown'] })
    const sent = w.server.seen.filter(({ path }) => path.endsWith('/prompts')).map(({ body }) => body)
    expect(sent[0]).toMatchObject({ audience: ['group:finance'], seenSeq: 7 })
    expect(sent[1]).not.toHaveProperty('seenSeq')
    w.server.tellOfLanes()
    await w.clock.advance(1)
    expect(session.snapshot().groups).toBe(groups)
  })

  it('[C46] is that one types for these readers: nobody else is told', async () => {
    w.server.addLane('l1', ['ana', 'bo'])
    const session = await joined()
    const typing = (laneId: string) => w.server.socketOf(laneId).presence.at(-1)?.state
    session.setTyping(true)
    await settle()
    expect([typing('main'), typing('l1')]).toEqual([{ typing: true }, { typing: false }])
    session.setTyping(true, ['bo'])
    await settle()
    expect([typing('main'), typing('l1')]).toEqual([{ typing: false }, { typing: true }])
    expect(session.snapshot().people).toEqual([{ id: 'ana', name: 'Ana', typing: false }])
    session.setTyping(true, ['cy'])
    await settle()
    expect([typing('main'), typing('l1')]).toEqual([{ typing: false }, { typing: false }])
    w.server.addLane('l2', ['ana', 'cy'])
    w.server.tellOfLanes()
    await w.clock.advance(1)
    expect([typing('main'), typing('l2')]).toEqual([{ typing: false }, { typing: true }])
    session.setTyping(false)
    await settle()
    expect(typing('l2')).toEqual({ typing: false })
  })

  it('[C46] is shown by whom it comes from, where one reads the lane', async () => {
    w.server.addLane('l1', ['ana', 'bo'])
    const session = await joined()
    const bo = { user: { id: 'bo', name: 'Bo' } }
    w.server.socketOf('main').people({ 7: { clock: 1, state: bo } })
    w.server.socketOf('l1').people({ 8: { clock: 1, state: { ...bo, typing: true } } })
    await settle()
    expect(session.snapshot().people.at(-1)).toEqual({ id: 'bo', name: 'Bo', typing: true })
  })

  it('[C48] is what its readers write together, on a board of its own', async () => {
    w.server.addLane('l1', ['ana', 'bo'])
    const session = await joined()
    const board = session.board('l1')
    await board.ready
    board.open('d1')
    await settle()
    expect(w.server.boards.get('launch/l1~board@1')?.getMap('drafts').has('d1')).toBe(true)
    expect(w.server.board.getMap('drafts').size).toBe(0)
    const none = session.board('l9')
    await expect(none.ready).rejects.toMatchObject({ code: 'NOT_FOUND' })
    expect(session.snapshot().connection.state).toBe('live')
  })
})

describe('what is shown of lanes', () => {
  it('[C42] queues and running turns say whose they are', async () => {
    const lane = w.server.addLane('l1', ['ana'])
    lane.queue('p2', {})
    lane.turn({ turnId: 't1', promptId: 'p1', author: { id: 'ana', name: 'Ana' } })
    lane.add(1, ['pri'], { status: 'streaming', at: 1 })
    w.server.lane.queue('p3', {})
    w.server.lane.turn({ turnId: 't2', promptId: 'p4', author: { id: 'bo', name: 'Bo' } })
    w.server.lane.add(1, ['pub'], { status: 'streaming', at: 2 })
    const session = await joined()
    const { queue, turn, turns, unfinished } = session.snapshot()
    expect(queue).toMatchObject([
      { promptId: 'p3', laneId: 'main', audience: 'everyone' },
      { promptId: 'p2', laneId: 'l1', audience: ['ana'] },
    ])
    expect(turn).toMatchObject({ turnId: 't2' })
    expect(turns).toMatchObject([
      { turnId: 't2', laneId: 'main' },
      { turnId: 't1', laneId: 'l1', audience: ['ana'] },
    ])
    expect(unfinished.map(({ laneId }) => laneId)).toEqual(['l1', 'main'])
  })

  it('[C43] streaming in one lane leaves everything else as it was', async () => {
    const lane = w.server.addLane('l1', ['ana'])
    lane.add(1, ['asked'], { role: 'user', after: 1 })
    lane.add(2, ['ans'], { status: 'streaming', after: 1 })
    w.server.lane.add(1, ['one'])
    w.server.lane.add(2, ['two'])
    const session = await joined()
    const before = session.snapshot()
    expect(textOf(before)).toEqual(['one', 'asked', 'ans', 'two'])
    lane.append(1, 'wer')
    const after = await until(session, (snapshot) => snapshot !== before)
    expect(textOf(after)).toEqual(['one', 'asked', 'answer', 'two'])
    for (const i of [0, 1, 3]) expect(after.messages[i]).toBe(before.messages[i])
    expect(after.messages[2]?.audience).toBe(before.messages[2]?.audience)
    for (const key of ['queue', 'turns', 'lanes', 'groups', 'people'] as const)
      expect(after[key]).toBe(before[key])
  })

  it('[C47] older pages are those of all lanes, as far as they belong to what is shown', async () => {
    w.server.lanes.set('launch/main@1', new LaneWriter({ firstSeq: 3 }))
    w.server.lane.add(3, ['main 3'])
    const lane = w.server.addLane('l1', ['ana'], new LaneWriter({ firstSeq: 4 }))
    lane.add(4, ['l1 4'], { after: 3 })
    // Of the narrower lane 1 came after main 0, 2 after 1, 3 after 2.
    w.server.pages = (before = 99, laneId) => {
      const seq = before - 1
      const metadata = { seq, at: seq, ...(laneId === 'main' ? {} : { after: seq - 1 }) }
      const text = `${laneId} ${seq}`
      const message = { id: `${laneId}-${seq}`, role: 'user', metadata, parts: [{ type: 'text', text }] }
      return { messages: [message], before: seq > 1 ? seq : null }
    }
    const session = await joined()
    expect(textOf(session.snapshot())).toEqual(['main 3', 'l1 4'])
    expect(session.snapshot().more).toBe(true)
    expect(await session.older()).toMatchObject({ more: true })
    expect(textOf(session.snapshot())).toEqual(['l1 2', 'main 2', 'l1 3', 'main 3', 'l1 4'])
    expect(await session.older()).toMatchObject({ more: false })
    expect(textOf(session.snapshot())).toEqual(['l1 1', 'main 1', 'l1 2', 'main 2', 'l1 3', 'main 3', 'l1 4'])
    expect(session.snapshot().more).toBe(false)
  })

  it('[C47] once the main lane has nothing older, the pages of the others follow', async () => {
    const lane = w.server.addLane('l1', ['ana'], new LaneWriter({ firstSeq: 3 }))
    lane.add(3, ['l1 3'], { after: 1 })
    w.server.lane.add(1, ['main 1'])
    w.server.pages = (before = 99, laneId) => {
      const seq = before - 1
      const parts = [{ type: 'text', text: `${laneId} ${seq}` }]
      const message = { id: `${laneId}-${seq}`, role: 'user', metadata: { seq, at: seq, after: 1 }, parts }
      return { messages: [message], before: seq > 1 ? seq : null }
    }
    const session = await joined()
    expect(await session.older()).toMatchObject({ messages: [{ id: 'l1-2' }], more: true })
    w.server.override = ({ path }) => (path.includes('messages') ? refuse('INTERNAL') : undefined)
    await expect(session.older()).rejects.toMatchObject({ code: 'INTERNAL' })
    w.server.override = () => undefined
    expect(await session.older()).toMatchObject({ messages: [{ id: 'l1-1' }], more: false })
    expect(textOf(session.snapshot())).toEqual(['main 1', 'l1 1', 'l1 2', 'l1 3'])
  })
})
