import { afterEach, beforeEach, expect, it } from 'vitest'
import { settle } from '../test/clock.ts'
import { world } from '../test/kit.ts'
import { refuse } from '../test/server.ts'
import { ViewStore } from './view-store.ts'

let w: ReturnType<typeof world>
let answers: number
beforeEach(() => {
  w = world()
  answers = 0
  w.server.override = ({ path }) => (path.includes('/view') ? Response.json({ n: ++answers }) : undefined)
})
afterEach(() => w.closeAll())

async function shown(laneId = 'main') {
  const session = w.join()
  await session.ready
  await w.clock.advance(1)
  const store = new ViewStore(session, laneId, w.clock)
  const stop = store.attach()
  await settle()
  return { store, stop }
}

it('[C49] the view is asked for when it is looked at, and once for the new messages of a second', async () => {
  w.server.addLane('l1', ['ana'])
  const { store } = await shown('l1')
  expect(store.read()).toEqual({ view: { n: 1 }, error: null })
  w.server.lane.add(1, ['one'])
  await settle()
  w.server.lane.add(2, ['two'])
  await w.clock.advance(999)
  expect(answers).toBe(1)
  await w.clock.advance(1)
  expect(store.read().view).toEqual({ n: 2 })
  w.server.lane.append(1, 'grows')
  await w.clock.advance(5_000)
  expect(answers).toBe(2)
  expect(w.server.count('GET', /view\?lane=l1$/)).toBe(2)
})

it('[C49] nothing is asked for while nobody looks', async () => {
  const { store, stop } = await shown()
  const other = store.attach()
  stop()
  stop()
  await settle()
  w.server.lane.add(1, ['one'])
  await w.clock.advance(2_000)
  expect(answers).toBe(2)
  other()
  await settle()
  w.server.lane.add(2, ['two'])
  await w.clock.advance(5_000)
  expect(answers).toBe(2)
})

it('[C49] a view that cannot be read leaves the last one, and says why', async () => {
  const { store } = await shown()
  w.server.override = ({ path }) => (path.includes('/view') ? refuse('RATE_LIMITED') : undefined)
  let heard = 0
  store.subscribe(() => heard++)
  store.refresh()
  await settle()
  expect(store.read()).toMatchObject({ view: { n: 1 }, error: { code: 'RATE_LIMITED' } })
  expect(heard).toBe(1)
})

it('[C49] of two answers that cross each other the later question counts', async () => {
  const { store } = await shown()
  const waits: ((view: object) => void)[] = []
  const session = {
    snapshot: () => ({ lanes: [] }),
    view: () => new Promise((resolve) => waits.push(resolve)),
  }
  const crossing = new ViewStore(session as never, 'main', w.clock)
  crossing.refresh()
  crossing.refresh()
  waits[1]?.({ n: 'later' })
  waits[0]?.({ n: 'earlier' })
  await settle()
  expect(crossing.read().view).toEqual({ n: 'later' })
  expect(store.read().view).toEqual({ n: 1 })
})
