import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import {
  openWorkspaceStream,
  WORKSPACE_STREAM,
  type WorkspaceStream,
} from '../../server/access/workspace-stream.ts'
import { systemClock } from '../../server/clock.ts'
import { JournalError } from '../../server/journal/journal.ts'
import { FollowedWorkspace } from '../../server/nodes/followed-workspace.ts'
import { type Nodes, openNodes } from '../../server/nodes/open-nodes.ts'
import { eventually } from '../kit/eventually.ts'
import { hasRedis, RedisServer } from '../kit/redis.ts'

const quiet = { info() {}, warn() {}, error() {} }
/** Longer than a test may take: whoever waits for a lease to lapse fails it. */
const LONG_MS = 60_000

interface House {
  nodes: Nodes
  stream: WorkspaceStream
  followed: FollowedWorkspace
  /** Reading what others appended fails with it. */
  fault: { error: Error | null }
  said: string[]
}

describe.runIf(hasRedis())('the workspace at servers that share a Redis', () => {
  let server: RedisServer
  beforeAll(async () => {
    server = await RedisServer.run()
  })
  afterAll(() => server.remove())
  beforeEach(() => server.command('FLUSHALL'))

  async function open(leaseMs = LONG_MS): Promise<House> {
    const nodes = await openNodes({
      ...{ url: server.url, fsync: 'always', replicas: 0, leaseMs, clock: systemClock, log: quiet },
    })
    onTestFinished(() => nodes.close())
    const fault: House['fault'] = { error: null }
    const said: string[] = []
    const log = { ...quiet, error: (_: object, message: string) => said.push(message) }
    const { journal } = nodes
    const read = journal.read.bind(journal)
    journal.read = (...range) => (fault.error ? Promise.reject(fault.error) : read(...range))
    const confirm = () => nodes.peers.readLeases.confirm(WORKSPACE_STREAM, { type: 'workspace' })
    const stream = await openWorkspaceStream(journal, systemClock, { confirm })
    const followed = new FollowedWorkspace(stream, nodes.peers, { log })
    nodes.serve(async () => void (await stream.current()))
    await followed.start()
    onTestFinished(() => followed.stop())
    return { nodes, stream, followed, fault, said }
  }

  const named =
    (userId: string, groups: readonly string[] = []) =>
    () => ({
      events: [
        { type: 'person.changed' as const, at: 1, userId, name: userId, admin: false, groups: [...groups] },
      ],
    })
  const groupsOf = ({ stream }: House, userId: string) => stream.state.people.get(userId)?.groups

  it('[FW1] a change is known to all who serve by it when it is answered', async () => {
    const [a, b, c] = [await open(), await open(), await open()]
    await a.stream.change(named('ann', ['staff']))
    expect([a, b, c].map((house) => groupsOf(house, 'ann'))).toEqual(Array(3).fill(['staff']))
  })

  it('[FW2] of those who change something at the same time none waits until another’s lease is over', async () => {
    const houses = [await open(), await open(), await open()]
    await Promise.all(
      houses.flatMap(({ stream }, at) => [1, 2, 3].map((n) => stream.change(named(`u${at}${n}`)))),
    )
    expect(houses.map(({ stream }) => stream.state.people.size)).toEqual([9, 9, 9])
  })

  it('[FW3] who cannot take over what is new serves by the old for a lease only, for which the change waits', async () => {
    const leaseMs = 500
    const [a, b] = [await open(leaseMs), await open(leaseMs)]
    await a.stream.change(named('ann', ['staff']))
    b.fault.error = new Error('an event that does not decode')
    await a.stream.change(named('ann', []))
    expect(b.followed.held).toBe(false)
    expect(groupsOf(b, 'ann')).toEqual(['staff'])
    await eventually(() => b.said.length === 2)
    expect(b.said).toEqual([
      'what has changed in the workspace could not be taken over',
      'what this server knows of the workspace may be old: it serves nobody until that is over',
    ])
    // From then on nobody waits for it.
    const before = performance.now()
    await a.stream.change(named('bo'))
    expect(performance.now() - before).toBeLessThan(leaseMs / 2)
    b.fault.error = null
    await eventually(() => b.followed.held)
    expect(groupsOf(b, 'ann')).toEqual([])
    await a.stream.change(named('ann', ['board']))
    expect(groupsOf(b, 'ann')).toEqual(['board'])
  })

  it('[FW4] while the store does not answer it holds for a lease, and says nothing of its own', async () => {
    const b = await open(500)
    b.fault.error = new JournalError('UNAVAILABLE', 'the store does not answer')
    expect(b.followed.held).toBe(true)
    await eventually(() => !b.followed.held)
    await eventually(() => b.said.length === 1)
    expect(b.said[0]).toMatch(/^what this server knows of the workspace may be old/)
  })

  it.each(['a repeated command', 'a command that leaves nothing to do'])(
    '[FW5] %s is answered once all know what is, whoever did it',
    async (which) => {
      const [a, b, c] = [await open(), await open(), await open()]
      const repeated = which === 'a repeated command'
      const command = { userId: 'ann', commandId: 'k', hash: 'h' }
      await a.stream.change(named('bo', ['staff']))
      // What the others may know of it, they do not take over by themselves.
      for (const { followed } of [b, c]) followed.stop()
      const confirmed: string[] = []
      for (const [name, each] of [['a', a] as const, ['c', c] as const]) {
        each.nodes.serve(async () => {
          await each.stream.current()
          confirmed.push(name)
        })
      }
      await b.nodes.journal.append(WORKSPACE_STREAM, {
        expectedSeq: a.stream.position,
        events: named('bo')().events.map((event) => ({ event })),
        command: { ...command, result: 7 },
      })
      const again = repeated ? command : { ...command, commandId: 'another' }
      const result = await b.stream.change(
        ({ people }) => (people.get('bo')?.groups.length ? named('bo')() : null),
        again,
      )
      expect(result).toBe(repeated ? 7 : null)
      expect(confirmed.sort()).toEqual(['a', 'c'])
      expect([a, b, c].map((house) => groupsOf(house, 'bo'))).toEqual([[], [], []])
    },
  )
})
