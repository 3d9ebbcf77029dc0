import { createHash, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Snapshot } from '@colloquy/client'
import type { ExportAnswer } from '@colloquy/shared/answers'
import { expect, it, onTestFinished } from 'vitest'
import { ModelServer } from '../kit/model-server.ts'
import { ServerProcess } from '../kit/process.ts'
import { prng } from '../kit/random.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ToolServer } from '../kit/tool-server.ts'
import { transcript, until } from '../kit/until.ts'
import { Asker } from './asker.ts'
import { problems } from './verdict.ts'

const KILLS = Number(process.env.KILLS ?? 300)
const SESSIONS = 5
const PEOPLE_EACH = 4
/** ms that a server lives at most once it listens. */
const LIFE_MS = 400
/** Part of the servers that are killed while they start and recover, and ms that those live at most. */
const EARLY = 0.1
const START_MS = 700

it(`[R12] ${KILLS} kills under load from ${SESSIONS * PEOPLE_EACH} people with tools: nothing is lost, nothing happens twice, and all see the same`, {
  timeout: 600_000,
}, async () => {
  const random = prng(Number(process.env.SEED))
  const [model, tools] = await Promise.all([ModelServer.start({ pace: 4 }), ToolServer.start()])
  onTestFinished(() => Promise.all([model.close(), tools.close()]).then(() => undefined))
  const settings = { ...model.settings(), COLLOQUY_TOOLS: tools.setting() }
  const server = await ServerProcess.start(await temporaryFolder(), settings)
  // In good order once: Node then keeps what it has compiled, and each start takes a third less.
  await server.terminate()
  await server.start()
  const groups = await Promise.all(Array.from({ length: SESSIONS }, (_, n) => gather(server, n, random)))

  let over = false
  const startedAt = Date.now()
  const asked = Promise.all(groups.flatMap(({ askers }) => askers.map((asker) => asker.ask(() => over))))
  for (let kill = 0; kill < KILLS; kill++) await killOnce(server, random)
  const took = Date.now() - startedAt
  over = true
  await asked

  const wrong: string[] = []
  const counts: Record<string, number> = { 'model calls': model.requests.length }
  for (const { sessionId, askers } of groups) {
    const path = `/sessions/${sessionId}/export?format=json`
    const exported: ExportAnswer = await server.json(askers[0]?.who ?? '', 'GET', path)
    const acknowledged = new Map(askers.flatMap((asker) => [...asker.acknowledged]))
    wrong.push(...problems({ exported, acknowledged, model, tools }), ...(await unlike(askers, exported)))
    for (const what of ends(exported)) counts[what] = (counts[what] ?? 0) + 1
  }
  console.log(`  ${KILLS} kills in ${Math.round(took / 1000)} s:`, counts)
  expect(wrong).toEqual([])
})

interface Group {
  sessionId: string
  askers: readonly Asker[]
}

/** A session and its people, all of them there. */
async function gather(server: ServerProcess, n: number, random: () => number): Promise<Group> {
  const people = Array.from({ length: PEOPLE_EACH }, (_, p) => `person-${n}-${p}`)
  const [owner = '', ...others] = people
  const made = { commandId: randomUUID(), title: `Session ${n}` }
  const { id } = await server.json(owner, 'POST', '/sessions', made)
  for (const userId of others) {
    const body = { commandId: randomUUID(), role: 'prompter' }
    await server.json(owner, 'PUT', `/sessions/${id}/members/${userId}`, body)
  }
  const askers = people.map((who) => new Asker(server, id, who, random))
  await Promise.all(askers.map(({ client }) => client.ready))
  return { sessionId: id, askers }
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

/** What everybody sees in the end must be one thing, and the end of what the export says. */
async function unlike(askers: readonly Asker[], { messages }: ExportAnswer): Promise<string[]> {
  const atRest = ({ connection, queue, turn, unfinished }: Snapshot) =>
    connection.state === 'live' && queue.length === 0 && turn === null && unfinished.length === 0
  const seen = await Promise.all(askers.map(({ client }) => until(client, atRest)))
  const hashes = new Set(seen.map((snapshot) => hash(transcript(snapshot))))
  const shown = seen[0]?.messages ?? []
  expect(shown).toEqual(messages.slice(-shown.length))
  return hashes.size === 1 ? [] : [`clients of one session see ${hashes.size} different things`]
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** How each turn and each call ended, for the record. */
function ends({ turns, messages }: ExportAnswer): string[] {
  const calls = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'text' ? [] : [`${part.toolName} ${part.toolMetadata.outcome}`])),
  )
  return [...turns.map(({ end }) => `turn ${end}`), ...calls].sort()
}
