import { randomUUID } from 'node:crypto'
import * as Y from 'yjs'
import type { SessionApi } from '../../server/session/api.ts'
import { instantModel } from './model.ts'
import { ANA, quiet, stage } from './stage.ts'
import type { Figure } from './table.ts'

const TURNS = 10_000
const AT_ONCE = 10
const ANSWER = 'A short answer, as most answers in a long session are. '.repeat(8)
/** RSS may end this much above where it was after the first fifth: noise of the allocator. */
const FLAT = 1.25

/** 10,000 turns in one session: lane docs stay small, catching up stays cheap, memory stays flat. */
export async function longSession(): Promise<Figure[]> {
  const on = await stage({ model: instantModel(ANSWER, () => undefined) })
  const session = await on.server.sessions.open(on.sessionId)
  let largestDoc = 0
  let largestCatchUp = 0
  const rss: number[] = []
  const began = performance.now()
  for (let turn = 0; turn < TURNS; turn += AT_ONCE) {
    const submit = () =>
      session.execute<'prompt.submit'>(ANA, randomUUID(), { type: 'prompt.submit', text: `Question ${turn}` })
    await Promise.all(Array.from({ length: AT_ONCE }, submit))
    await quiet(on)
    const doc = await laneDoc(session)
    largestDoc = Math.max(largestDoc, Y.encodeStateAsUpdate(doc).length)
    largestCatchUp = Math.max(largestCatchUp, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(doc)).length)
    if (turn % 1000 === 0) rss.push(residentAfterGc())
  }
  const seconds = (performance.now() - began) / 1000
  rss.push(residentAfterGc())
  await on.close()
  const settled = rss[2] ?? 0
  const last = rss.at(-1) ?? 0
  console.log(`  RSS in MB, every 1,000 turns: ${rss.map((bytes) => (bytes / 1e6).toFixed(0)).join(' ')}`)
  return [
    { what: `${TURNS} turns in one session`, value: seconds, unit: 's', kind: 'time' },
    { what: 'largest lane doc', value: largestDoc / 1e6, unit: 'MB', bound: 2, kind: 'size' },
    {
      what: 'catch-up of an up-to-date reader, at most',
      value: largestCatchUp,
      unit: 'bytes',
      bound: 4096,
      kind: 'size',
    },
    {
      what: 'RSS at the end, by that after 2,000 turns',
      value: last / settled,
      unit: '×',
      bound: FLAT,
      kind: 'size',
    },
  ]
}

async function laneDoc(session: SessionApi): Promise<Y.Doc> {
  // The lane may roll between the name and the look: then there is a newer name.
  for (;;) {
    const { lanes } = await session.describe(ANA)
    const source = session.lane(lanes[0]?.doc ?? '', ANA.userId)
    if (source) return source.doc
  }
}

function residentAfterGc(): number {
  globalThis.gc?.()
  return process.memoryUsage().rss
}
