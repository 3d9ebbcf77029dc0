import { setTimeout as wait } from 'node:timers/promises'
import { stampingModel } from './model.ts'
import type { ReaderReport } from './readers.ts'
import { startRelay } from './relay.ts'
import { quiet, Readers, stage } from './stage.ts'
import { stamp } from './stamp.ts'
import { type Figure, quantile } from './table.ts'

const READERS = 50
const EVERY_MS = 20
const SECONDS = 8

/** From a model's chunk to 50 readers' replicas, window and journal included; beside a bare relay. */
export async function fanout(): Promise<Figure[]> {
  const relay = await measureRelay()
  const own = await measureServer()
  const ratio = (what: string, value: number): Figure => ({ what, value, unit: '× relay', kind: 'time' })
  return [
    {
      what: `chunk to update, ${READERS} readers, p50`,
      value: quantile(own.ages, 0.5),
      unit: 'ms',
      kind: 'time',
    },
    {
      what: `chunk to update, ${READERS} readers, p99`,
      value: quantile(own.ages, 0.99),
      unit: 'ms',
      bound: 60,
      kind: 'time',
    },
    {
      what: 'bare relay, no window or journal, p99',
      value: quantile(relay.ages, 0.99),
      unit: 'ms',
      kind: 'time',
    },
    ratio('server CPU per delivered chunk', own.cpu / own.ages.length / (relay.cpu / relay.ages.length)),
    ratio('updates sent per chunk', own.updates / own.ages.length / (relay.updates / relay.ages.length)),
  ]
}

type Measured = ReaderReport & { cpu: number }

async function measureServer(): Promise<Measured> {
  const on = await stage({ model: stampingModel(EVERY_MS, SECONDS) })
  const readers = new Readers()
  await readers.join(await on.docUrls(READERS))
  await readers.report()
  const before = process.cpuUsage()
  await on.submit('go')
  await quiet(on)
  await wait(200)
  const { user, system } = process.cpuUsage(before)
  const report = await readers.report()
  readers.close()
  await on.close()
  return { ...report, cpu: user + system }
}

async function measureRelay(): Promise<Measured> {
  const relay = await startRelay()
  const readers = new Readers()
  await readers.join(Array(READERS).fill(relay.url))
  await readers.report()
  const before = process.cpuUsage()
  const end = performance.now() + SECONDS * 1000
  while (performance.now() < end) {
    relay.append(stamp())
    await wait(EVERY_MS)
  }
  await wait(200)
  const { user, system } = process.cpuUsage(before)
  const report = await readers.report()
  readers.close()
  await relay.close()
  return { ...report, cpu: user + system }
}
