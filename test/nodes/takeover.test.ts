import { randomUUID } from 'node:crypto'
import type { PromptStateAnswer } from '@colloquy/shared/answers'
import { expect, it } from 'vitest'
import { eventually } from '../kit/eventually.ts'
import type { ServerProcess } from '../kit/process.ts'
import { ask, LEASE_MS, sessionAt, several, WireReader } from './several.ts'

/** How often a server is stopped and woken. */
const STOPS = Number(process.env.STOPS ?? 5)

const stateAt = (server: ServerProcess, sessionId: string, promptId: string): Promise<PromptStateAnswer> =>
  server.json('ana', 'GET', `/sessions/${sessionId}/prompts/${promptId}`)

it('[MS1] what a killed server had waiting and running goes on at another within the lease and two seconds', async () => {
  const { nodes } = await several(3, { COLLOQUY_OFFLINE_TPS: '40' })
  const [first, second, third] = nodes
  const { id } = await sessionAt(first)
  const running = await ask(first, 'ana', id, '/write 100')
  const waiting = await ask(second, 'ana', id, 'And then?')
  const reader = await WireReader.open(second, 'ana', id)
  await eventually(() => reader.answer.length > 10)
  await first.kill()
  const killedAt = Date.now()
  // Whoever follows is sent to the new incarnation once there is an owner again.
  expect(await reader.ended).toBe(4410)
  const goesOn = await WireReader.open(second, 'ana', id)
  await eventually(() => goesOn.answer.length > 10)
  const took = Date.now() - killedAt
  console.log(`  another server went on after ${took} ms, with a lease of ${LEASE_MS} ms`)
  expect(took).toBeLessThan(LEASE_MS + 2_000)
  for (const promptId of [running, waiting]) {
    await eventually(async () => (await stateAt(third as ServerProcess, id, promptId)).state === 'ended')
    expect(await stateAt(second, id, promptId)).toMatchObject({ state: 'ended', end: 'done' })
  }
})

it(`[MS2] a server that is stopped in the middle of an answer and woken after its lease lets nothing out any more: ${STOPS} times`, {
  timeout: 600_000,
}, async () => {
  const { nodes } = await several(2, { COLLOQUY_OFFLINE_TPS: '400' })
  const late: number[] = []
  let [owner, other] = nodes
  for (let stop = 0; stop < STOPS; stop++) {
    const { id } = await sessionAt(owner)
    await ask(owner, 'ana', id, '/write 2000')
    const [here, there] = await Promise.all([
      WireReader.open(owner, 'ana', id),
      WireReader.open(other, 'ana', id),
    ])
    await eventually(() => here.answer.length > 50 && there.answer.length > 50)
    owner.freeze()
    // The other one takes over, and begins a new incarnation.
    expect(await there.ended).toBe(4410)
    // What had reached this machine before is not what it lets out now.
    const before = here.came.length
    await new Promise((resolve) => setImmediate(resolve))
    const wokenAt = Date.now()
    owner.thaw()
    const code = await here.ended
    expect([4410, 1012]).toContain(code)
    late.push(here.came.length - before)
    expect(Date.now() - wokenAt).toBeLessThan(10_000)
    ;[owner, other] = [other, owner]
  }
  expect(late).toEqual(Array(STOPS).fill(0))
})

it('[MS3] a server that drains gives its sessions back, and they go on elsewhere at once, in the same incarnation', async () => {
  const { nodes } = await several(2, { COLLOQUY_OFFLINE_TPS: '0', COLLOQUY_LEASE_MS: '10000' })
  const [first, second] = nodes
  const { id } = await sessionAt(first)
  await ask(first, 'ana', id, 'Hello')
  const reader = await WireReader.open(second, 'ana', id)
  await eventually(() => reader.answer.length > 10)
  await first.terminate()
  const endedAt = Date.now()
  const promptId = await ask(second, 'ana', id, 'Still there?')
  await eventually(async () => (await stateAt(second, id, promptId)).state === 'ended')
  expect(Date.now() - endedAt).toBeLessThan(5_000)
  expect(reader.closed).toBeNull()
})

it('[MS4] who was removed gets nothing more at any server once that is answered, also where one stands still', async () => {
  const { nodes } = await several(3, { COLLOQUY_OFFLINE_TPS: '200' })
  const [first, second, third] = nodes as [ServerProcess, ServerProcess, ServerProcess]
  const { id } = await sessionAt(first)
  const path = `/sessions/${id}/members/bo`
  await first.json('ana', 'PUT', path, { commandId: randomUUID(), role: 'prompter' })
  await ask(first, 'ana', id, '/write 3000')
  const readers = await Promise.all([first, second, third].map((server) => WireReader.open(server, 'bo', id)))
  await eventually(() => readers.every(({ answer }) => answer.length > 50))
  third.freeze()
  await first.json('ana', 'DELETE', `${path}?commandId=${randomUUID()}`)
  const answeredAt = Date.now()
  third.thaw()
  const codes = await Promise.all(readers.map(({ ended }) => ended))
  expect(codes.every((code) => [4409, 4410, 1006].includes(code))).toBe(true)
  for (const { came } of readers) expect(came.filter((at) => at > answeredAt + 50)).toEqual([])
})
