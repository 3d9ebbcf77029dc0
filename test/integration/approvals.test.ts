import { DEFAULT_LIMITS, type Message } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import type { CommandOf } from '../../server/session/api.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { principal } from '../kit/people.ts'
import { textOf } from '../kit/text.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

const MINUTES = 60_000
const asks = (approver: 'author' | 'moderator' = 'author') =>
  new CountingTool('mail', { effect: 'write', replay: 'unsafe', approver })

/** The call that waits for consent, as everybody sees it. */
async function waiting(house: TurnHouse) {
  await house.until(() => pending(house) !== undefined)
  const found = pending(house)
  if (!found) throw new Error('no call waits')
  return found
}

function pending(house: TurnHouse) {
  for (const message of house.messages()) {
    const part = toolParts(message).find(({ state }) => state === 'approval-requested')
    if (part) {
      const { turnId } = message.metadata
      const { argsHash } = part.toolMetadata
      return { type: 'call.decide', turnId, callId: part.toolCallId, argsHash } as const
    }
  }
  return undefined
}

/** The call of a turn that waits for longer than its lane has patience. */
async function parked(house: TurnHouse) {
  const call = await waiting(house)
  await house.later(10_001)
  await house.until(() => house.turn?.parked !== undefined)
  return call
}

type Decide = CommandOf<'call.decide'>

describe('approvals', () => {
  it('[Q8] a call runs when its author allows it, and nobody else can; once, for these arguments', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'go', [
      [wish('mail', { text: 'hi' }), calls],
      [say('Sent.'), stop],
    ])
    const call = await waiting(house)
    const allow: Decide = { ...call, decision: 'allow' }
    for (const who of ['bo', 'mo']) expect(await house.refusal(who, allow)).toBe('FORBIDDEN')
    expect(await house.refusal('stranger', allow)).toBe('NOT_FOUND')
    expect(await house.refusal('ana', { ...allow, argsHash: 'another' })).toBe('CALL_CHANGED')
    expect(await house.refusal('ana', { ...allow, callId: 'k_none' })).toBe('NOT_FOUND')
    expect(mail.runs).toEqual([])
    await house.act('ana', allow)
    expect(await house.refusal('ana', allow)).toMatch(/CALL_DECIDED|TURN_ENDED/)
    await house.ended()
    expect(await house.refusal('ana', { ...allow, decision: 'deny' })).toBe('TURN_ENDED')
    expect(mail.runs.map(({ args }) => args)).toEqual([{ text: 'hi' }])
    expect(toolParts((await house.told()).at(-1))).toMatchObject([
      { state: 'output-available', approval: { approved: true }, toolMetadata: { decidedBy: { id: 'ana' } } },
    ])
  })

  it('[Q8] a call that a moderator must allow is allowed by one, with the author still the one it runs as', async () => {
    const mail = asks('moderator')
    const ran: string[] = []
    mail.answer = async (_, { principal }) => ran.push(principal.userId)
    const house = await TurnHouse.start([mail])
    await house.ask('bo', 'go', [[wish('mail'), calls], [stop]])
    const call = await waiting(house)
    expect(await house.refusal('bo', { ...call, decision: 'allow' })).toBe('FORBIDDEN')
    await house.act('mo', { ...call, decision: 'allow' })
    await house.ended()
    expect(ran).toEqual(['bo'])
  })

  it('[Q8] a denied call is not made, and the model is told', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'go', [
      [wish('mail'), calls],
      [say('Then not.'), stop],
    ])
    await house.act('ana', { ...(await waiting(house)), decision: 'deny' })
    await house.ended()
    expect(mail.runs).toEqual([])
    expect(house.asked[1]?.messages.at(-1)).toMatchObject({
      results: [{ outcome: 'denied', output: expect.stringContaining('denied') }],
    })
    expect((await house.told()).at(-1)).toMatchObject({
      metadata: { status: 'done' },
      parts: [{ state: 'output-denied', toolMetadata: { reason: 'APPROVAL_DENIED' } }, { text: 'Then not.' }],
    })
  })

  it('[Q9] changed arguments are another call, to be allowed on its own', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'go', [[wish('mail', { text: 'rude' }), calls], [stop]])
    const call = await waiting(house)
    const change: Decide = { ...call, decision: 'edit', args: { text: 'kind' } }
    expect(await house.refusal('mo', change)).toBe('FORBIDDEN')
    expect(await house.refusal('ana', { ...change, args: { text: 'rude' } })).toBe('MALFORMED')
    expect(await house.refusal('ana', { ...change, args: { nothing: true } })).toBe('MALFORMED')
    await house.act('ana', change)
    const second = await waiting(house)
    expect(second.callId).not.toBe(call.callId)
    expect(await house.refusal('ana', { ...call, decision: 'allow' })).toBe('CALL_DECIDED')
    await house.act('ana', { ...second, decision: 'allow' })
    await house.ended()
    expect(mail.runs.map(({ args }) => args)).toEqual([{ text: 'kind' }])
    expect(house.asked[1]?.messages.at(-2)).toMatchObject({
      calls: [{ args: { text: 'rude' } }, { args: { text: 'kind' } }],
    })
  })

  it('[Q10] a turn that waits for more than 10 s leaves its lane, and comes back at the head of its author’s prompts', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'waits', [
      [say('First. '), wish('mail'), calls],
      [say('Sent.'), stop],
    ])
    const call = await waiting(house)
    await house.ask('bo', 'between', [[say('Meanwhile.'), stop]])
    await house.rest()
    expect(house.messages()).toHaveLength(2)
    await house.later(10_001)
    await house.until(() => house.messages().at(-1)?.metadata.status === 'done')
    expect(house.messages()[1]?.metadata).toMatchObject({
      status: 'streaming',
      waiting: { reason: 'APPROVAL' },
    })
    // A turn of Bo's runs; Ana's parked turn and her next prompt wait, and the turn comes first.
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    await house.ask('bo', 'long', [
      async function* () {
        await gate
        yield say('Long.')
        yield stop
      },
    ])
    await house.ask('ana', 'next', [[say('Next.'), stop]])
    await house.act('ana', { ...call, decision: 'allow' })
    await house.rest()
    expect(mail.runs).toHaveLength(0)
    release()
    await house.ended()
    expect(mail.runs).toHaveLength(1)
    const told = await house.told()
    expect(told[1]?.metadata).not.toHaveProperty('waiting')
    expect(textOf(told[1])).toBe('First. Sent.')
    const ends = told.filter(({ role }) => role === 'assistant').map(({ metadata }) => metadata.endedAt)
    expect(house.appends.filter((name) => name.includes('turn.'))).toEqual([
      'turn.claimed+step.started',
      'turn.parked',
      'turn.claimed+step.started',
      'step.committed+turn.ended',
      'turn.claimed+step.started',
      'step.committed+turn.ended',
      'turn.resumed',
      'step.committed+turn.ended',
      'turn.claimed+step.started',
      'step.committed+turn.ended',
    ])
    expect(ends).toHaveLength(4)
  })

  it('[Q11] a call that nobody allows in 10 minutes ends as denied, and its turn goes on', async () => {
    const mail = asks('moderator')
    const house = await TurnHouse.start([mail])
    await house.ask('bo', 'go', [
      [wish('mail'), calls],
      [say('Nobody said yes.'), stop],
    ])
    const call = await waiting(house)
    await house.later(11_000)
    await house.until(() => house.turn?.parked !== undefined)
    await house.later(10 * MINUTES - 12_000)
    expect(house.turn?.parked).toBeDefined()
    await house.later(2_000)
    await house.ended()
    expect(await house.refusal('mo', { ...call, decision: 'allow' })).toBe('TURN_ENDED')
    expect((await house.told()).at(-1)).toMatchObject({
      metadata: { status: 'done' },
      parts: [
        { state: 'output-denied', toolMetadata: { reason: 'APPROVAL_EXPIRED' } },
        { text: 'Nobody said yes.' },
      ],
    })
    expect(mail.runs).toEqual([])
  })

  it('[Q11] consent that comes late is refused, also before anybody has noticed that it is late', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    const slow = new CountingTool('slow', { effect: 'read', replay: 'safe', timeout: 60 * MINUTES })
    let release: () => void = () => undefined
    slow.answer = () =>
      new Promise((resolve) => {
        release = () => resolve(null)
      })
    house.tools.push(slow)
    await house.ask('ana', 'go', [[wish('slow'), wish('mail'), calls], [stop]])
    const call = await waiting(house)
    await house.until(() => slow.runs.length === 1)
    house.clock.advance(10 * MINUTES)
    expect(await house.refusal('ana', { ...call, decision: 'allow' })).toBe('APPROVAL_EXPIRED')
    release()
    await house.ended()
    expect(mail.runs).toEqual([])
  })

  it('[Q11] consent that was given is not used after another 10 minutes', async () => {
    const mail = asks()
    const slow = new CountingTool('slow', { effect: 'read', replay: 'safe', timeout: 60 * MINUTES })
    let release: () => void = () => undefined
    slow.answer = () =>
      new Promise((resolve) => {
        release = () => resolve(null)
      })
    const house = await TurnHouse.start([mail, slow])
    await house.ask('ana', 'go', [
      [wish('slow'), wish('mail'), calls],
      [say('So late.'), stop],
    ])
    const call = await waiting(house)
    await house.until(() => slow.runs.length === 1)
    await house.act('ana', { ...call, decision: 'allow' })
    house.clock.advance(20 * MINUTES)
    release()
    await house.ended()
    expect(mail.runs).toEqual([])
    expect(toolParts((await house.told()).at(-1))[1]).toMatchObject({
      state: 'output-denied',
      toolMetadata: { reason: 'APPROVAL_EXPIRED' },
    })
  })

  it('[Q10] a parked turn counts among what its author has waiting', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'parks', [[wish('mail'), calls], [stop]])
    await parked(house)
    await house.ask('bo', 'long', [
      async function* () {
        yield say('Long')
        await new Promise(() => undefined)
      },
    ])
    for (let n = 2; n <= DEFAULT_LIMITS.pendingPerPerson; n++) await house.ask('ana', `more ${n}`, [[stop]])
    expect(await house.refusal('ana', { type: 'prompt.submit', text: 'one too many' })).toBe('QUEUE_FULL')
    expect(await house.refusal('bo', { type: 'prompt.submit', text: 'of another' })).toBe('accepted')
  })

  it('[Q9] a step has at most 32 calls, however often its author changes one', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'go', [[wish('mail', { n: 0 }), calls], [stop]])
    for (let n = 1; n < 32; n++) {
      await house.act('ana', { ...(await waiting(house)), decision: 'edit', args: { n } })
    }
    const last = await waiting(house)
    expect(await house.refusal('ana', { ...last, decision: 'edit', args: { n: 32 } })).toBe('MALFORMED')
    await house.act('ana', { ...last, decision: 'allow' })
    await house.ended()
    expect(mail.runs.map(({ args }) => args)).toEqual([{ n: 31 }])
  })

  it('[Q12] a parked turn can be stopped, and the one that has the lane goes on', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'waits', [[wish('mail'), calls], [stop]])
    const { turnId } = await parked(house)
    let release: () => void = () => undefined
    const gate = new Promise<void>((resolve) => {
      release = resolve
    })
    await house.ask('bo', 'long', [
      async function* () {
        yield say('Long')
        await gate
        yield stop
      },
    ])
    await house.rest()
    await house.act('mo', { type: 'turn.cancel', turnId })
    release()
    await house.ended()
    const told = await house.told()
    expect(told[1]).toMatchObject({
      metadata: { status: 'cancelled', reason: 'STOPPED_BY_MODERATOR' },
      parts: [{ state: 'output-error', toolMetadata: { outcome: 'cancelled', reason: 'TURN_STOPPED' } }],
    })
    expect(told[1]?.metadata).not.toHaveProperty('waiting')
    expect([told[3]?.metadata.status, textOf(told[3])]).toEqual(['done', 'Long'])
  })

  it('[Q10] what a parked turn said after the messages of many others stands in the page of its question', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    await house.ask('ana', 'waits', [
      [say('First. '), wish('mail'), calls],
      [say('Sent.'), stop],
    ])
    const call = await waiting(house)
    await house.later(10_001)
    for (let i = 0; i < 130; i++) {
      await house.ask('bo', `between ${i}`, [[say('Meanwhile.'), stop]])
      await house.until(() => house.messages().at(-1)?.metadata.status === 'done')
    }
    const page = async () => (await house.session.messages(principal('ana'), 'main', 3)).messages as Message[]
    expect((await page())[1]?.metadata.waiting?.reason).toBe('APPROVAL')
    await house.act('ana', { ...call, decision: 'allow' })
    await house.ended()
    const [, answer] = await page()
    expect([answer?.metadata.status, textOf(answer)]).toEqual(['done', 'First. Sent.'])
    expect(toolParts(answer)[0]?.state).toBe('output-available')
  })

  it('[Q11] of several calls that nobody allows each expires, also one whose arguments were changed meanwhile', async () => {
    const mail = asks()
    const house = await TurnHouse.start([mail])
    const wishes = [wish('mail', { n: 1 }), wish('mail', { n: 2 }), calls]
    await house.ask('ana', 'go', [wishes, [say('Neither.'), stop]])
    const call = await waiting(house)
    await house.later(300_000)
    await house.act('ana', { ...call, decision: 'edit', args: { n: 3 } })
    await house.later(300_000)
    await house.later(300_000)
    await house.ended()
    const reasons = toolParts((await house.told()).at(-1)).map(({ toolMetadata }) => toolMetadata.reason)
    expect(reasons).toEqual(['ARGS_EDITED', 'APPROVAL_EXPIRED', 'APPROVAL_EXPIRED'])
  })
})
