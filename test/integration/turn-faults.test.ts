import { describe, expect, it } from 'vitest'
import type { ModelFault, ModelPart } from '../../server/model/port.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { textOf } from '../kit/text.ts'
import { calls, say, stop, TurnHouse, toolParts, wish } from '../kit/turn-house.ts'

/** A model that fails as often as there are faults, after saying half an answer, and then answers. */
function failing(...faults: Partial<ModelFault>[]) {
  const left = [...faults]
  return async function* (): AsyncGenerator<ModelPart> {
    const fault = left.shift()
    yield say(fault ? 'Half an ' : 'The whole answer.')
    if (!fault) yield stop
    else yield { type: 'error', fault: { code: 'PROVIDER_BUSY', retryable: true, detail: 'test', ...fault } }
  }
}

describe('a model that fails', () => {
  it('[Q13] a busy provider is waited for as long as it asks, in sight of everybody, and the half answer is gone', async () => {
    const house = await TurnHouse.start()
    await house.ask('ana', 'go', [failing({ retryAfter: 8_000 })])
    await house.rest()
    expect(house.turn).toMatchObject({ state: 'waiting', retryAt: house.clock.now() + 8_000 })
    expect(house.messages().at(-1)?.metadata.waiting).toEqual({
      ...{ reason: 'PROVIDER_BUSY', at: house.clock.now(), until: house.clock.now() + 8_000 },
    })
    expect(textOf((await house.told()).at(-1))).toBe('')
    await house.later(7_999)
    expect(house.asked).toHaveLength(1)
    await house.later(1)
    await house.ended()
    const answer = (await house.told()).at(-1)
    expect([textOf(answer), answer?.metadata.status]).toEqual(['The whole answer.', 'done'])
    expect(answer?.metadata).not.toHaveProperty('waiting')
  })

  it('[Q13][Q6] three attempts and no more; the reason is told', async () => {
    const house = await TurnHouse.start()
    const cut = { code: 'PROVIDER_CUT' } as const
    await house.ask('ana', 'go', [failing(cut, cut, cut, cut)])
    for (let i = 0; i < 4; i++) await house.later(2_000)
    await house.ended()
    expect(house.asked).toHaveLength(3)
    expect((await house.told()).at(-1)).toMatchObject({
      ...{ metadata: { status: 'failed', reason: 'PROVIDER_CUT' }, parts: [] },
    })
  })

  it('[Q13] a wait of more than 10 s leaves the lane to others, more than 10 minutes ends the turn', async () => {
    const house = await TurnHouse.start()
    await house.ask('ana', 'busy', [failing({ retryAfter: 60_000 })])
    await house.rest()
    expect(house.turn?.parked).toMatchObject({ reason: 'PROVIDER_BUSY' })
    await house.ask('bo', 'other', [[say('At once.'), stop]])
    await house.until(() => house.messages().at(-1)?.metadata.status === 'done')
    await house.later(60_000)
    await house.ended()
    const told = await house.told()
    expect([textOf(told[1]), textOf(told[3])]).toEqual(['The whole answer.', 'At once.'])

    await house.ask('ana', 'never', [failing({ retryAfter: 601_000 })])
    await house.ended()
    expect((await house.told()).at(-1)?.metadata).toMatchObject({ status: 'failed', reason: 'PROVIDER_BUSY' })
  })

  it('[Q13] a wait goes on after a restart, and the attempts before it count', async () => {
    const house = await TurnHouse.start()
    await house.ask('ana', 'go', [
      failing({ retryAfter: 9_000 }, { retryAfter: 9_000 }, { retryAfter: 9_000 }),
    ])
    await house.rest()
    await house.restart()
    await house.rest()
    expect(house.asked).toHaveLength(1)
    await house.later(9_000)
    await house.restart()
    await house.later(9_000)
    await house.ended()
    expect(house.asked).toHaveLength(3)
    expect((await house.told()).at(-1)?.metadata).toMatchObject({ status: 'failed', reason: 'PROVIDER_BUSY' })
  })

  it('[Q13] prompts that wait behind a busy provider are kept, and can be withdrawn', async () => {
    const house = await TurnHouse.start()
    await house.ask('ana', 'go', [failing({ retryAfter: 8_000 })])
    const second = await house.ask('bo', 'second', [[say('Second.'), stop]])
    const third = await house.ask('bo', 'third', [[say('Third.'), stop]])
    await house.rest()
    await house.act('bo', { type: 'prompt.withdraw', promptId: second })
    await house.later(8_000)
    await house.ended()
    expect((await house.told()).filter(({ role }) => role === 'assistant').map(textOf)).toEqual([
      'The whole answer.',
      'Third.',
    ])
    expect(third).toBeDefined()
  })

  it('[Q5] a fault in a later step repeats that step alone', async () => {
    const look = new CountingTool('look', { effect: 'read', replay: 'safe' })
    const house = await TurnHouse.start([look])
    await house.ask('ana', 'go', [[say('First. '), wish('look'), calls], failing({ retryAfter: 100 })])
    await house.later(100)
    await house.ended()
    expect(textOf((await house.told()).at(-1))).toBe('First. The whole answer.')
    expect([house.asked.length, look.runs.length]).toEqual([3, 1])
  })
})

describe('stopped', () => {
  it.each([
    ['its author stops it', 'ana', { type: 'turn.cancel' }, 'cancelled', 'STOPPED_BY_AUTHOR'],
    ['a moderator stops it', 'mo', { type: 'turn.cancel' }, 'cancelled', 'STOPPED_BY_MODERATOR'],
    ['its author is taken out', 'ana', { type: 'member.remove', userId: 'bo' }, 'revoked', 'REVOKED'],
    [
      'its author may only look',
      'ana',
      { type: 'member.set', userId: 'bo', role: 'viewer' },
      'revoked',
      'REVOKED',
    ],
  ] as const)(
    '[Q12] when %s: the call is aborted, every open call has its end, and nothing comes later',
    async (_, who, command, status, reason) => {
      const read = new CountingTool('read', { effect: 'read', replay: 'safe' })
      const write = new CountingTool('write', { effect: 'write', replay: 'keyed' })
      const after = new CountingTool('after', { effect: 'write', replay: 'keyed' })
      const aborted: string[] = []
      let finish: () => void = () => undefined
      write.answer = (_args, { signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => aborted.push('write'))
          finish = () => resolve({ late: true })
        })
      const house = await TurnHouse.start([read, write, after])
      const author = command.type === 'turn.cancel' ? 'ana' : 'bo'
      await house.ask(author, 'go', [
        [say('Before. '), wish('read'), wish('write'), wish('after'), calls],
        [say('Later.'), stop],
      ])
      await house.until(() => write.runs.length === 1)
      const turnId = house.turn?.turnId ?? ''
      await house.act(who, command.type === 'turn.cancel' ? { ...command, turnId } : command)
      const appends = house.appends.length
      finish()
      await house.later(60_000)
      expect(house.appends).toHaveLength(appends)
      expect(aborted).toEqual(['write'])
      expect([after.runs.length, house.asked.length]).toEqual([0, 1])
      const answer = (await house.told()).at(-1)
      expect(answer?.metadata).toMatchObject({ status, reason })
      expect(toolParts(answer).map(({ toolMetadata }) => toolMetadata.outcome)).toEqual([
        'ok',
        'unknown',
        'cancelled',
      ])
    },
  )

  it('[Q12] what a step had said when it was stopped stays, and is in no view', async () => {
    const look = new CountingTool('look', { effect: 'read', replay: 'safe' })
    const house = await TurnHouse.start([look])
    const endless = async function* (_: unknown, signal: AbortSignal): AsyncGenerator<ModelPart> {
      yield say('and then')
      await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()))
    }
    await house.ask('ana', 'go', [[say('First '), wish('look'), calls], endless])
    await house.until(() => house.asked.length === 2)
    await house.rest()
    await house.act('ana', { type: 'turn.cancel', turnId: house.turn?.turnId ?? '' })
    await house.ended()
    const answer = (await house.told()).at(-1)
    expect(answer?.parts.map((part) => (part.type === 'text' ? part.text : part.toolName))).toEqual([
      'First ',
      'look',
      'and then',
    ])
    await house.ask('ana', 'again', [[say('Again.'), stop]])
    await house.ended()
    expect(house.asked.at(-1)?.messages.map(({ role }) => role)).toEqual(['user', 'user'])
  })
})

describe('drain', () => {
  it('[Q18] a turn ends the step or the call that runs, and goes on with the next thing after the restart', async () => {
    const look = new CountingTool('look', { effect: 'read', replay: 'safe' })
    let finish: () => void = () => undefined
    look.answer = () =>
      new Promise((resolve) => {
        finish = () => resolve({ seen: true })
      })
    const house = await TurnHouse.start([look])
    await house.ask('ana', 'go', [
      [wish('look'), calls],
      [say('End.'), stop],
    ])
    await house.until(() => look.runs.length === 1)
    const drained = house.session.drain()
    finish()
    await drained
    expect(toolParts(house.messages().at(-1))[0]?.toolMetadata.outcome).toBe('ok')
    expect(house.asked).toHaveLength(1)
    await house.session.close()
    await house.reopen()
    await house.ended()
    expect([look.runs.length, house.asked.length]).toEqual([1, 2])
    expect(textOf((await house.told()).at(-1))).toBe('End.')
  })
})

describe('what lies in a call', () => {
  it('[Q20] is gone with the message that is taken back', async () => {
    const look = new CountingTool('look', { effect: 'read', replay: 'safe' })
    look.answer = async () => ({ found: 'the secret result' })
    const house = await TurnHouse.start([look])
    await house.ask('ana', 'go', [
      [wish('look', { text: 'the secret argument' }), calls],
      [say('End.'), stop],
    ])
    await house.ended()
    expect(JSON.stringify(await house.told())).toContain('the secret')
    await house.act('ana', { type: 'message.retract', messageId: house.messages().at(-1)?.id ?? '' })
    expect(JSON.stringify(await house.told())).not.toContain('the secret')
    await house.ask('ana', 'again', [[stop]])
    await house.ended()
    expect(JSON.stringify(house.asked.at(-1))).not.toContain('the secret')
  })
})
