import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { writeScript } from '../kit/script.ts'
import { until } from '../kit/until.ts'
import { Group } from './group.ts'
import { house, oneCall, streams, tally } from './house.ts'
import { call } from './rounds.ts'

/** Longer than a client waits for an answer (20 s) or for a sign of life on a socket (30 s). */
const STILL_MS = 35_000

it('[R13] a server that stands still, and a network that falls silent, for longer than clients wait: nothing is lost and nothing is done twice', async () => {
  await Promise.all([serverStandsStill(), networkIsSilent()])
})

async function serverStandsStill(): Promise<void> {
  const { server, model, tools } = await house({ pace: 100 })
  const [speaking, calling] = await Promise.all([
    Group.gather(server, ['ana', 'bo']),
    Group.gather(server, ['cy', 'di']),
  ])
  const answer = tools.hold('unsafe.add')
  const asked = [
    speaking.first.ask(writeScript('long', [{ say: 'word '.repeat(100) }])),
    calling.first.ask(writeScript('called', [{ calls: [call('unsafe.add', 'c')] }, { say: 'Sent.' }])),
  ]
  await until(speaking.first.client, streams)
  await expect.poll(() => tools.requests('unsafe.add').length).toBe(1)
  server.freeze()
  answer()
  for (const asker of [...speaking.askers, ...calling.askers]) {
    asked.push(asker.ask(oneCall('keyed.add', `still-${asker.who}`)))
  }
  await sleep(STILL_MS)
  server.thaw()
  await Promise.all(asked)
  expect(await speaking.wrong(model, tools)).toEqual([])
  expect(await calling.wrong(model, tools)).toEqual([])
  expect(tally(await speaking.export())).toEqual({ 'turn done': 3, 'keyed.add ok': 2 })
  expect(tally(await calling.export())).toEqual({ 'turn done': 3, 'keyed.add ok': 2, 'unsafe.add ok': 1 })
}

async function networkIsSilent(): Promise<void> {
  const { server, model, tools, toServer } = await house()
  const group = await Group.gather(server, ['ana', 'bo'], toServer.url)
  toServer.silence()
  const asked = group.askers.map((asker) => asker.ask(oneCall('keyed.add', `silent-${asker.who}`)))
  await sleep(STILL_MS)
  toServer.heal()
  await Promise.all(asked)
  expect(await group.wrong(model, tools)).toEqual([])
  expect(tally(await group.export())).toEqual({ 'turn done': 2, 'keyed.add ok': 2 })
}
