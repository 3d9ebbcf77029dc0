import { setTimeout as sleep } from 'node:timers/promises'
import type { ExportAnswer } from '@colloquy/shared/answers'
import { expect, it, onTestFinished } from 'vitest'
import { bundledServer } from '../kit/bundle.ts'
import { ModelServer } from '../kit/model-server.ts'
import { ServerProcess } from '../kit/process.ts'
import { prng } from '../kit/random.ts'
import { writeScript } from '../kit/script.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ToolServer } from '../kit/tool-server.ts'
import type { Asker } from './asker.ts'
import { endsOf, Group } from './group.ts'
import { randomScript } from './random-script.ts'

const KILLS = Number(process.env.KILLS ?? 100)
/** Servers that are killed side by side: each mostly waits for the next one to start. */
const SERVERS = 2
const SESSIONS = 5
const PEOPLE_EACH = 2
/** Prompts that a person submits at once. */
const AT_ONCE = 3
/** ms that a server lives at most once it listens. */
const LIFE_MS = 700
/** Part of the servers that are killed while they start and recover, and ms that those live at most. */
const EARLY = 0.1
const START_MS = 700

it(`[R8] ${KILLS} kills under load from ${SERVERS * SESSIONS * PEOPLE_EACH} people with tools: nothing is lost, nothing happens twice, and all see the same`, {
  timeout: 600_000,
}, async () => {
  // Each client's provider listens for the end of this process.
  process.setMaxListeners(0)
  const seed = Number(process.env.SEED)
  const entry = await bundledServer()
  const startedAt = Date.now()
  const seen = await Promise.all(
    Array.from({ length: SERVERS }, (_, n) => killOften(entry, KILLS / SERVERS, seed + n * 1000)),
  )
  const counts: Record<string, number> = {}
  for (const what of seen.flatMap(({ exports }) => exports.flatMap(endsOf)))
    counts[what] = (counts[what] ?? 0) + 1
  console.log(`  seed ${seed}: ${KILLS} kills in ${Math.round((Date.now() - startedAt) / 1000)} s:`, counts)
  expect(seen.flatMap(({ wrong, exports }) => [...wrong, ...exports.flatMap(overlaps)])).toEqual([])
})

/** One server under load from its people, killed again and again. */
async function killOften(entry: string, kills: number, seed: number) {
  const random = prng(seed)
  const [model, tools] = await Promise.all([ModelServer.start({ pace: 2 }), ToolServer.start()])
  onTestFinished(() => Promise.all([model.close(), tools.close()]).then(() => undefined))
  const settings = { ...model.settings(), COLLOQUY_TOOLS: tools.setting() }
  const server = await ServerProcess.prepare(await temporaryFolder(), settings, entry)
  await server.start()
  const groups = await Promise.all(
    Array.from({ length: SESSIONS }, (_, n) => Group.gather(server, peopleOf(n))),
  )
  const askers = groups.flatMap((group) => group.askers)
  // Ahead of what ends the servers: hooks run from the last to the first.
  onTestFinished(() => tellWaiting(server, groups))
  await Promise.all(askers.map((asker) => asker.ask(writeScript(`${asker.who}-hello`, [{ say: 'Hello.' }]))))
  // In good order once: Node then keeps what it has compiled, and each start takes a third less.
  await server.terminate()
  await server.start()

  let over = false
  const asked = Promise.all(askers.map((asker, n) => keepAsking(asker, prng(seed + n + 1), () => over)))
  for (let kill = 0; kill < kills; kill++) await killOnce(server, random)
  over = true
  await asked
  const wrong = await Promise.all(groups.map((group) => group.wrong(model, tools)))
  return { wrong: wrong.flat(), exports: await Promise.all(groups.map((group) => group.export())) }
}

function peopleOf(session: number): string[] {
  return Array.from({ length: PEOPLE_EACH }, (_, p) => `person-${session}-${p}`)
}

/** Nothing waits for long enough to be parked: a lane has one turn at a time. */
function overlaps({ turns }: ExportAnswer): string[] {
  const early = turns.filter(({ claimedAt }, i) => claimedAt < (turns[i - 1]?.endedAt ?? 0))
  return early.map(({ turnId }) => `turn ${turnId} began before the one before it had ended`)
}

/** A few things at once, and more when they have all ended. */
async function keepAsking(asker: Asker, random: () => number, enough: () => boolean): Promise<void> {
  for (let n = 0; !enough(); n += AT_ONCE) {
    const scripts = Array.from({ length: AT_ONCE }, (_, i) => randomScript(`${asker.who}-${n + i}`, random))
    await Promise.all(scripts.map((script) => asker.ask(script)))
  }
}

/** Whose prompts have not ended, as they see it and as the server tells. */
async function tellWaiting(server: ServerProcess, groups: readonly Group[]): Promise<void> {
  for (const { sessionId: session, askers } of groups) {
    for (const { who, waitsFor, client } of askers) {
      const { connection, unfinished } = client.snapshot()
      for (const promptId of waitsFor) {
        const told = await server
          .json(who, 'GET', `/sessions/${session}/prompts/${promptId}`)
          .catch((error: unknown) => String(error))
        console.log(who, session, promptId, told, connection, JSON.stringify(unfinished))
      }
    }
  }
}

/** Lets the server live a little and kills it; some of those that follow do not even get to listen. */
async function killOnce(server: ServerProcess, random: () => number): Promise<void> {
  await sleep(random() * LIFE_MS)
  await server.kill()
  if (random() < EARLY) {
    const started = server.start().catch(() => undefined)
    await sleep(random() * START_MS)
    await server.kill()
    await started
  }
  await server.start()
}
