import { createHash, randomUUID } from 'node:crypto'
import { connect, type Session, type Snapshot } from '@colloquy/client'
import { expect, it, onTestFinished } from 'vitest'
import { ServerProcess } from '../kit/process.ts'
import { prng } from '../kit/random.ts'
import { temporaryFolder } from '../kit/server.ts'
import { textOf } from '../kit/text.ts'
import { transcript, until } from '../kit/until.ts'

const PEOPLE = ['ana', 'bo', 'cy']
const KILLS = 50

it(`[R8] ${KILLS} kills in the middle of streaming answers: every acknowledged prompt is there and ends once, and open clients converge`, async () => {
  const random = prng(Number(process.env.SEED))
  const server = await ServerProcess.start(await temporaryFolder(), { COLLOQUY_OFFLINE_TPS: '400' })
  const sessionId = await begin(server)
  const clients = PEOPLE.map((who) => open(server, sessionId, who))
  await Promise.all(clients.map((client) => client.ready))

  const acknowledged: string[] = []
  for (let kill = 0; kill < KILLS; kill++) {
    const sent = clients.map((client, p) => {
      const submitted = client.prompt(`/write ${20 + Math.floor(random() * 60)} ${PEOPLE[p]} ${kill}`)
      return submitted.then(({ promptId }) => acknowledged.push(promptId))
    })
    await Promise.race(clients.map((client) => until(client, streaming)))
    await atSomeText(clients, Math.floor(random() * 200))
    await server.kill()
    await server.start()
    await Promise.all(sent)
  }

  const total = PEOPLE.length * KILLS
  const last = clients[0]
  if (!last) throw new Error('no client')
  // What somebody who is away has seen last may be a moment between two turns.
  const atRest = ({ queue, turn, connection }: Snapshot) =>
    connection.state === 'live' && queue.length === 0 && turn === null
  await until(last, atRest)
  const { turns, messages } = await server.json('ana', 'GET', `/sessions/${sessionId}/export?format=json`)
  expect(acknowledged.length).toBe(total)
  // Exactly one turn for each prompt, each with one end, one at a time.
  expect(turns.map((turn: Turn) => turn.promptId).toSorted()).toEqual(acknowledged.toSorted())
  for (const turn of turns as Turn[]) expect(['done', 'failed']).toContain(turn.end)
  ;(turns as Turn[]).forEach((turn, i) => {
    expect(turn.claimedAt).toBeGreaterThanOrEqual(turns[i - 1]?.endedAt ?? 0)
  })
  expect(messages.map((m: { metadata: { seq: number } }) => m.metadata.seq)).toEqual(
    Array.from({ length: total * 2 }, (_, i) => i + 1),
  )
  // No half attempt: what is done holds the whole answer, what failed holds nothing.
  for (const { role, metadata, parts } of messages) {
    if (role !== 'assistant') continue
    if (metadata.status === 'failed') expect(parts).toEqual([])
  }
  // Whoever was sent away often in a row waits longest before coming back.
  await Promise.all(clients.map((client) => until(client, atRest)))
  await expect.poll(() => new Set(clients.map((client) => stateHash(client.snapshot()))).size).toBe(1)
  const shown = last.snapshot().messages
  expect(shown).toEqual(messages.slice(-shown.length))
})

interface Turn {
  promptId: string
  end: string
  claimedAt: number
  endedAt: number
}

const streaming = ({ messages }: Snapshot) => messages.at(-1)?.metadata.status === 'streaming'

/** Resolves when somebody has seen that many characters of a running answer, or it has ended. */
function atSomeText(clients: readonly Session[], length: number): Promise<unknown> {
  const far = (now: Snapshot) => !streaming(now) || textOf(now.messages.at(-1)).length >= length
  return Promise.race(clients.map((client) => until(client, far)))
}

function stateHash(snapshot: Snapshot): string {
  return createHash('sha256').update(transcript(snapshot)).digest('hex')
}

async function begin(server: ServerProcess): Promise<string> {
  const { id } = await server.json('ana', 'POST', '/sessions', {
    commandId: randomUUID(),
    title: 'Killed often',
  })
  for (const userId of PEOPLE.slice(1)) {
    await server.json('ana', 'PUT', `/sessions/${id}/members/${userId}`, {
      commandId: randomUUID(),
      role: 'prompter',
    })
  }
  return id
}

function open(server: ServerProcess, session: string, who: string): Session {
  const client = connect({ url: server.url, session, auth: () => server.token(who) })
  onTestFinished(() => client.close())
  return client
}
