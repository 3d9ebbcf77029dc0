import { afterEach, beforeEach, expect, it } from 'vitest'
import { until, world } from '../test/kit.ts'
import { askingCall } from '../test/lane.ts'
import { tokenOf } from '../test/server.ts'
import { pendingCalls } from './approvals.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

it('[C39] a call waits for the author of its turn, or for whoever moderates', async () => {
  const author = { id: 'bo', name: 'Bo' }
  w.server.lane.add(1, [askingCall('c1'), askingCall('c2', { approver: 'moderator' })], {
    status: 'streaming',
    author,
  })
  const [ana, bo] = [w.join(), w.join({ auth: () => tokenOf('bo', 'Bo') })]
  await Promise.all([ana.ready, bo.ready])
  const mine = (session: typeof ana) =>
    pendingCalls(session.snapshot()).map((call) => [call.callId, call.mine])
  expect(mine(ana)).toEqual([
    ['c1', false],
    ['c2', true],
  ])
  expect(mine(bo)).toEqual([
    ['c1', true],
    ['c2', false],
  ])
  expect(pendingCalls(bo.snapshot())[0]).toMatchObject({
    turnId: 't1',
    argsHash: 'hash-c1',
    messageId: 'm1',
    author,
  })
})

it('[C39] stays the same object while others stream, and goes when it is decided', async () => {
  w.server.lane.add(1, [askingCall('c1')], { status: 'streaming' })
  w.server.lane.add(2, [''], { status: 'streaming' })
  const session = w.join()
  await session.ready
  const [before] = pendingCalls(session.snapshot())
  w.server.lane.append(1, 'token')
  await until(session, ({ messages }) => JSON.stringify(messages).includes('token'))
  expect(pendingCalls(session.snapshot())[0]).toBe(before)
  w.server.lane.setCall(0, 'c1', { state: 'approval-responded', approval: { id: 'c1', approved: true } })
  await until(session, (snapshot) => pendingCalls(snapshot).length === 0)
})
