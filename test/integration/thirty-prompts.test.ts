import { expect, it } from 'vitest'
import { TestServer } from '../kit/server.ts'
import { textOf } from '../kit/text.ts'
import { ended, transcript, until } from '../kit/until.ts'

const PEOPLE = ['ana', 'bo', 'cy']
const EACH = 10

it('[A4] three people submit ten prompts each at once: 30 answers in one order, one at a time, in fair turns', async () => {
  const server = await TestServer.start()
  const sessionId = await server.session({ bo: 'prompter', cy: 'prompter' })
  const clients = PEOPLE.map((who) => server.connect(who, sessionId))
  await Promise.all(clients.map((client) => client.ready))

  const submitted = await Promise.all(
    clients.flatMap((client, p) =>
      Array.from({ length: EACH }, (_, n) => client.prompt(`Question ${n} of ${PEOPLE[p]}`)),
    ),
  )
  const ends = await Promise.all(submitted.map((prompt) => prompt.finished))
  const seen = await Promise.all(clients.map((client) => until(client, (now) => ended(now).length === 30)))

  expect(ends.map(({ end }) => end)).toEqual(Array(30).fill('done'))
  // What people saw: the same transcript, every question once, each directly before its answer.
  const [first] = seen
  if (!first) throw new Error('no snapshot')
  for (const snapshot of seen) expect(transcript(snapshot)).toBe(transcript(first))
  const questions = first.messages.filter(({ role }) => role === 'user').map(textOf)
  const asked = PEOPLE.flatMap((who) => Array.from({ length: EACH }, (_, n) => `Question ${n} of ${who}`))
  expect(questions.toSorted()).toEqual(asked.toSorted())
  expect(first.messages.map(({ metadata }) => metadata.seq)).toEqual(
    Array.from({ length: 60 }, (_, i) => i + 1),
  )

  const { turns } = await server.json('ana', 'GET', `/sessions/${sessionId}/export?format=json`)
  expectOneAtATime(turns)
  expectFair(turns)
  expect(turns.map((turn: Turn) => turn.promptId).toSorted()).toEqual(
    submitted.map((p) => p.promptId).toSorted(),
  )
})

interface Turn {
  promptId: string
  author: string
  acceptedAt: number
  claimedAt: number
  endedAt: number
}

function expectOneAtATime(turns: readonly Turn[]): void {
  turns.forEach((turn, i) => {
    const before = turns[i - 1]
    if (before) expect(turn.claimedAt).toBeGreaterThanOrEqual(before.endedAt)
  })
}

/** Rule 12: between two turns of one person, everybody with a prompt that could run has had one. */
function expectFair(turns: readonly Turn[]): void {
  turns.forEach((turn, i) => {
    const previous = turns.findLastIndex((other, k) => k < i && other.author === turn.author)
    if (previous < 0) return
    const between = new Set(turns.slice(previous + 1, i).map((other) => other.author))
    const waiting = turns.slice(i + 1).filter((other) => other.acceptedAt < turn.claimedAt)
    for (const other of waiting) if (other.author !== turn.author) expect(between).toContain(other.author)
  })
}
