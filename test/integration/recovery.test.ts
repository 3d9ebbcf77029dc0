import type { Message } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import type { CommandOf } from '../../server/session/api.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { principal } from '../kit/people.ts'
import { textOf } from '../kit/text.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

const STEPS = [
  [say('One '), say('two. '), wish('look'), wish('book'), calls],
  [say('Three. '), wish('mail'), wish('probed'), calls],
  [say('End.'), stop],
] as const

function tools() {
  const look = new CountingTool('look', { effect: 'read', replay: 'safe' })
  const book = new CountingTool('book', { effect: 'write', replay: 'keyed' })
  const mail = new CountingTool('mail', { effect: 'write', replay: 'unsafe' })
  const sent = new Set<string>()
  const probed = new CountingTool('probed', {
    ...{ effect: 'write', replay: 'unsafe' },
    probe: async (_, { key }) => (sent.has(key) ? { result: { found: true } } : null),
  })
  probed.answer = async (_, { key }) => {
    sent.add(key)
    return { found: false }
  }
  return { look, book, mail, probed }
}

describe('after a restart', () => {
  it('[Q5][Q7] whatever write a process dies before or after, the turn ends once, no committed step is asked again, nothing is done twice', async () => {
    const count = await lengthOfTheStory()
    expect(count).toBeGreaterThan(15)
    const seen: string[] = []
    for (let n = 0; n < count; n++) for (const half of [0, 0.5]) seen.push(await dieAt(n + half))
    // The table of what was seen, where somebody wants to look: SHOW=1.
    if (process.env.SHOW) console.log(seen.join('\n'))
    expect(seen.filter((line) => line.includes('unknown')).length).toBeGreaterThan(0)
  })

  it('[Q6] a step that dies with its process three times is not tried again', async () => {
    const house = await TurnHouse.start()
    const half = async function* () {
      yield say('Half an answer')
      await new Promise(() => undefined)
    }
    await house.ask('ana', 'go', [half])
    for (let attempt = 1; attempt <= 3; attempt++) {
      await house.until(() => house.asked.length === attempt)
      await house.rest()
      await house.restart()
    }
    await house.ended()
    const answer = (await house.told()).at(-1)
    expect(answer).toMatchObject({ metadata: { status: 'failed', reason: 'TOO_MANY_ATTEMPTS' }, parts: [] })
    expect(house.asked).toHaveLength(3)
  })

  it('[Q7] a keyed call that its process does not survive three times is not sent again', async () => {
    const book = new CountingTool('book', { effect: 'write', replay: 'keyed' })
    book.answer = () => new Promise(() => undefined)
    const house = await TurnHouse.start([book])
    await house.ask('ana', 'go', [
      [wish('book'), calls],
      [say('Lost.'), stop],
    ])
    for (let run = 1; run <= 3; run++) {
      await house.until(() => book.runs.length === run)
      await house.restart()
    }
    await house.ended()
    expect([book.runs.length, book.keys]).toEqual([3, 1])
    expect(toolParts((await house.told()).at(-1))).toMatchObject([
      { toolMetadata: { outcome: 'unknown', reason: 'CALL_INTERRUPTED', dispatches: 3 } },
    ])
  })

  it('[Q10][Q11] a parked turn is still parked, can be allowed, and still expires', async () => {
    const mail = new CountingTool('mail', { effect: 'write', replay: 'unsafe', approver: 'author' })
    const house = await TurnHouse.start([mail])
    for (const question of ['one', 'two']) {
      await house.ask('ana', question, [
        [wish('mail'), calls],
        [say('Next.'), stop],
      ])
      await house.until(() => house.messages().at(-1)?.parts.length === 1)
      await house.later(10_001)
      await house.until(() => Object.values(house.session.state.turns).every((turn) => turn.parked))
    }
    await house.restart()
    const [part] = toolParts(house.messages()[1])
    const turnId = house.messages()[1]?.metadata.turnId ?? ''
    const allow: CommandOf<'call.decide'> = {
      ...{ type: 'call.decide', turnId, callId: part?.toolCallId ?? '', decision: 'allow' },
      argsHash: part?.toolMetadata.argsHash ?? '',
    }
    await house.act('ana', allow)
    await house.until(() => house.messages()[1]?.metadata.status === 'done')
    expect(mail.runs).toHaveLength(1)
    await house.later(600_000)
    await house.ended()
    expect(toolParts((await house.told()).at(-1))).toMatchObject([
      { toolMetadata: { reason: 'APPROVAL_EXPIRED' } },
    ])
    expect(mail.runs).toHaveLength(1)
  })
})

async function lengthOfTheStory(): Promise<number> {
  const house = await TurnHouse.start(Object.values(tools()))
  const before = house.appends.length
  await house.ask('ana', 'go', STEPS)
  await house.ended()
  return house.appends.length - before
}

/** Plays the story to a death, restarts, and checks what must hold. Returns what was seen, in a line. */
async function dieAt(append: number): Promise<string> {
  const { look, book, mail, probed } = tools()
  const house = await TurnHouse.start([look, book, mail, probed])
  const died = house.crashAt(append)
  house.script.set('go', STEPS)
  const submit = { type: 'prompt.submit', text: 'go' } as const
  const commandId = house.id()
  house.session.execute(principal('ana'), commandId, submit).catch(() => undefined)
  await died
  const name = house.appends.at(-1)
  await house.restart()
  // Whoever got no answer asks again, with the same command.
  await house.session.execute(principal('ana'), commandId, submit)
  await house.until(() => Object.keys(house.session.state.prompts).length === 0)
  await house.ended()

  const exported = await house.session.export(principal('ana'))
  const answer = exported.messages.at(-1) as Message | undefined
  expect(exported.turns.map(({ end }) => end)).toEqual(['done'])
  expect(textOf(answer), `died at ${append}`).toBe('One two. Three. End.')
  const outcomes = toolParts(answer).map(({ toolMetadata }) => toolMetadata.outcome)
  expect(outcomes).toHaveLength(4)
  expect([outcomes[0], outcomes[1], outcomes[3]]).toEqual(['ok', 'ok', 'ok'])
  // The keyed effect happened once, whatever was sent; the unsafe one was sent once at most, and then told.
  expect([book.keys, mail.runs.length <= 1, probed.runs.length]).toEqual([1, true, 1])
  if (outcomes[2] === 'ok') expect(mail.runs).toHaveLength(1)
  else expect(outcomes[2]).toBe('unknown')
  const asked = house.asked.map(({ messages }) => messages.filter(({ role }) => role === 'tool').length)
  // A later step is never followed by an earlier one; only the one that was cut is asked again.
  expect(asked).toEqual(asked.toSorted((a, b) => a - b))
  expect(asked.length).toBeLessThanOrEqual(4)
  return `${append} ${name}: ${outcomes.join(' ')}; asked ${asked.join(' ')}; runs ${look.runs.length} ${book.runs.length} ${mail.runs.length} ${probed.runs.length}`
}
