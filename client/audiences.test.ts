import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openWorkspace } from './team.ts'
import { settle } from './test/clock.ts'
import { textOf, until, world } from './test/kit.ts'
import { LaneWriter } from './test/lane.ts'
import { refuse } from './test/server.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

async function joined() {
  const session = w.join()
  await session.ready
  await w.clock.advance(1)
  return session
}

describe('a prompt that goes on in a narrower lane', () => {
  const asked = { role: 'user', promptId: 'p-1' } as const

  it('[C44] is finished by its last end, and stands once in the transcript', async () => {
    const lane = w.server.addLane('l1', ['ana'])
    const session = await joined()
    const prompt = await session.prompt('Compare the plans')
    w.server.lane.add(1, ['Compare the plans'], asked)
    w.server.lane.add(2, ['I need the budget'], { promptId: 'p-1', status: 'streaming' })
    await settle()
    w.server.lane.setStatus(1, 'narrowed')
    lane.add(1, ['Compare the plans'], { ...asked, id: 'n1', after: 2, continues: 'm2' })
    lane.add(2, ['It is'], { promptId: 'p-1', id: 'n2', after: 2, continues: 'm2', status: 'streaming' })
    w.server.lane.add(3, ['Something else'])
    await settle()
    expect(textOf(session.snapshot())).toEqual([
      'Compare the plans',
      'I need the budget',
      'It is',
      'Something else',
    ])
    let ended = false
    void prompt.finished.then(() => {
      ended = true
    })
    await w.clock.advance(10_000)
    expect(ended).toBe(false)
    lane.setStatus(1, 'done')
    const { end, message } = await prompt.finished
    expect(end).toBe('done')
    expect(message).toBe(session.snapshot().messages[2])
    expect(message?.audience).toEqual(['ana'])
    expect(w.server.count('GET', /prompts/)).toBe(0)
  })

  it('[C44] is followed into a lane that is not known yet', async () => {
    const session = await joined()
    const prompt = await session.prompt('Compare the plans')
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'l1', state: 'running' })
    w.server.lane.add(1, ['Compare the plans'], asked)
    const lane = w.server.addLane('l1', ['ana'])
    w.server.lane.add(2, ['I need the budget'], { promptId: 'p-1', status: 'narrowed' })
    await w.clock.advance(1)
    expect(session.snapshot().lanes).toHaveLength(2)
    lane.add(2, ['It is'], { promptId: 'p-1', id: 'n2', after: 2, continues: 'm2', status: 'failed' })
    expect(await prompt.finished).toMatchObject({ end: 'failed', message: { laneId: 'l1' } })
    // Where it is, and once more when that lane, in sync, did not show it.
    expect(w.server.count('GET', /prompts/)).toBe(2)
  })

  it('[C44] ends as the server says where its author no longer reads the lane', async () => {
    const lane = w.server.addLane('l1', ['ana', 'bo'])
    const session = await joined()
    const prompt = await session.prompt('Between us', { audience: ['bo'] })
    lane.queue('p-1', {})
    await settle()
    w.server.removeLane('l1')
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'l1', state: 'ended', end: 'revoked' })
    w.server.tellOfLanes()
    await w.clock.advance(1)
    expect(await prompt.finished).toEqual({ end: 'revoked' })
  })

  it('[C44] a copy that somebody shared is no end of it', async () => {
    const lane = w.server.addLane('l1', ['ana', 'bo'])
    const session = await joined()
    const prompt = await session.prompt('Between us', { audience: ['bo'] })
    lane.queue('p-1', {})
    const by = { id: 'bo', name: 'Bo' }
    w.server.lane.add(1, ['A copy'], { promptId: 'p-1', shared: { by, at: 1, messageId: 'm9' } })
    await settle()
    lane.queue('p-1', null)
    lane.add(1, ['Of another'], { promptId: 'p-1', status: 'cancelled' })
    expect((await prompt.finished).end).toBe('cancelled')
  })
})

describe('a private prompt written offline', () => {
  it('[C45] keeps its audience, also after a reload', async () => {
    w.server.override = () => 'lost'
    const before = w.join()
    before.prompt('one', { audience: ['bo'] }).catch(() => {})
    const { outbox } = await until(before, (now) => now.outbox.length === 1)
    expect(outbox).toMatchObject([{ text: 'one', audience: ['bo'] }])
    await w.clock.advance(1)
    before.close()
    w.server.override = () => undefined
    const after = await joined()
    await w.clock.advance(1)
    expect(w.server.accepted).toMatchObject([{ text: 'one', laneId: 'lane-1' }])
    expect(after.snapshot()).toMatchObject({ outbox: [], lanes: [{}, { audience: ['ana', 'bo'] }] })
  })
})

describe('acts', () => {
  it('[C48] of sharing, forking, looking and stopping are told as the server wants them', async () => {
    const session = await joined()
    w.server.override = ({ method, path }) => {
      if (path.endsWith('/share')) {
        if (w.server.session.lanes.length === 1) w.server.addLane('l1', ['ana', 'bo'])
        return Response.json({ messageId: 'm9', laneId: 'l1' })
      }
      if (path.endsWith('/forks')) return Response.json({ ...w.server.session, id: 'fork' })
      return method === 'GET' && path.includes('/view') ? Response.json({ messages: [] }) : undefined
    }
    expect(await session.share('m/1', ['bo'])).toEqual({ messageId: 'm9', laneId: 'l1' })
    expect(await session.fork('l1', 4, 'Aside')).toBe('fork')
    expect(await session.view()).toEqual({ messages: [] })
    expect(await session.view('l1')).toEqual({ messages: [] })
    await session.stopAll('bo')
    await w.clock.advance(1)
    expect(session.snapshot().lanes).toHaveLength(2)
    const commandId = expect.any(String)
    const sent = w.server.seen.filter(({ path }) => /share|forks|view|stop/.test(path))
    expect(
      sent.map(({ method, path, body }) => [method, path.slice('/sessions/launch'.length), body]),
    ).toEqual([
      ['POST', '/messages/m%2F1/share', { commandId, audience: ['bo'] }],
      ['POST', '/forks', { commandId, laneId: 'l1', seq: 4, title: 'Aside' }],
      ['GET', '/view?lane=main', {}],
      ['GET', '/view?lane=l1', {}],
      ['POST', '/members/bo/stop', { commandId }],
    ])
  })

  it.each(['AUDIENCE_UNKNOWN', 'AUDIENCE_EMPTY', 'LANES_FULL'] as const)(
    '[C48] of asking for readers come to nothing as %s, and are not repeated',
    async (code) => {
      const session = await joined()
      w.server.override = ({ path }) => (path.endsWith('/prompts') ? refuse(code) : undefined)
      await expect(session.prompt('one', { audience: ['eve'] })).rejects.toMatchObject({ code })
      expect(w.server.count('POST', /prompts$/)).toBe(1)
      expect(session.snapshot().outbox).toEqual([])
    },
  )

  it('[C48] on resources', async () => {
    const workspace = openWorkspace({
      url: 'http://colloquy.test',
      auth: () => `x.${btoa('{"sub":"ana"}')}.x`,
      storage: w.storage,
      fetch: w.server.fetch,
    })
    const resource = { id: 'r/1', title: 'Budget' }
    w.server.override = ({ method, path }) => {
      if (method === 'DELETE') return Response.json({ ok: true })
      return Response.json(path === '/resources' ? { resources: [resource] } : resource)
    }
    expect(await workspace.resources()).toEqual([resource])
    expect(await workspace.resource('r/1')).toEqual(resource)
    const change = { title: 'Budget', text: 'a,b', format: 'csv', audience: ['bo'] } as const
    expect(await workspace.putResource('r/1', change)).toEqual(resource)
    await workspace.removeResource('r/1')
    expect(w.server.seen.map(({ method, path, body }) => [method, path.replace(/=.*/, ''), body])).toEqual([
      ['GET', '/resources', {}],
      ['GET', '/resources/r%2F1', {}],
      ['PUT', '/resources/r%2F1', { commandId: expect.any(String), ...change }],
      ['DELETE', '/resources/r%2F1?commandId', {}],
    ])
  })
})

it('[C42] a message of a lane whose doc is new begins where its segment does', async () => {
  const lane = w.server.addLane('l1', ['ana'], new LaneWriter({ firstSeq: 1 }))
  const session = await joined()
  lane.add(1, ['one'])
  await until(session, ({ messages }) => messages.length === 1)
  expect(session.snapshot().lanes.at(-1)?.lastSeq).toBe(1)
})
