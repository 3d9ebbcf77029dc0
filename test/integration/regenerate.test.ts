import { describe, expect, it } from 'vitest'
import { CountingTool } from '../kit/counting-tool.ts'
import { calls, say, stop, TurnHouse, wish } from '../kit/turn-house.ts'

/** What the model was given, as text. */
const given = (at: TurnHouse) => JSON.stringify(at.asked.at(-1)?.messages)

async function asked(audience?: string[]) {
  const at = await TurnHouse.start()
  await at.ask('ana', 'before', [[say('an earlier answer'), stop]], audience)
  await at.ended()
  await at.ask('ana', 'name a fruit', [[say('first: apple'), stop]], audience)
  await at.ended()
  const told = (await at.told()).filter(({ metadata }) => !metadata.shared)
  const [question, answer] = told.slice(-2)
  return { at, question: question?.id ?? '', answer: answer?.id ?? '' }
}

const again = (at: TurnHouse, who: string, messageId: string) =>
  at.act<'message.regenerate'>(who, { type: 'message.regenerate', messageId })

describe('asking again', () => {
  it('[D11] is a prompt of the caller’s own with the same words, in the lane of the message', async () => {
    for (const which of ['question', 'answer'] as const) {
      const { at, [which]: messageId, question } = await asked()
      const accepted = await again(at, 'bo', messageId)
      expect(accepted).toMatchObject({ laneId: 'main', position: 1 })
      await at.ended()
      const [repeated] = (await at.told()).slice(-2)
      expect(repeated?.parts).toMatchObject([{ type: 'text', text: 'name a fruit' }])
      expect(repeated?.metadata).toMatchObject({ author: { id: 'bo' }, again: question })
    }
  })

  it('[D11] in a narrower lane it stays there, and to whoever does not read that there is no message', async () => {
    const { at, answer } = await asked([])
    expect(await at.refusal('bo', { type: 'message.regenerate', messageId: answer })).toBe('NOT_FOUND')
    expect(await at.refusal('mo', { type: 'message.regenerate', messageId: answer })).toBe('NOT_FOUND')
    const { laneId } = await again(at, 'ana', answer)
    expect(laneId).not.toBe('main')
    await at.ended()
    expect(await at.told('bo')).toEqual([])
  })

  it('[D12] is answered anew: the view holds what came before, and not the question’s earlier places and answers', async () => {
    const { at, answer } = await asked()
    at.script.set('name a fruit', [[say('second: pear'), stop]])
    await again(at, 'bo', answer)
    await at.ended()
    expect(given(at)).toContain('an earlier answer')
    expect(given(at)).not.toContain('apple')
    expect(given(at).split('name a fruit')).toHaveLength(2)
    // And once more, of the second answer.
    const second = (await at.told()).at(-1)
    await again(at, 'ana', second?.id ?? '')
    await at.ended()
    expect(given(at)).not.toContain('apple')
    expect(given(at)).not.toContain('pear')
    // Any other prompt is told all three.
    await at.ask('bo', 'which of them', [[say('x'), stop]])
    await at.ended()
    for (const fruit of ['apple', 'pear']) expect(given(at)).toContain(fruit)
  })

  it('[D12] after a crash between its claim and its answer the model is given the same', async () => {
    const { at, answer } = await asked()
    const died = at.crashAt(3)
    await again(at, 'bo', answer).catch(() => undefined)
    await died
    const before = given(at)
    await at.restart()
    await at.ended()
    expect(given(at)).not.toContain('apple')
    expect(given(at)).toBe(before)
  })

  it('[D11] one that its author edits while it waits asks something else', async () => {
    const { at, answer } = await asked()
    const gate = Promise.withResolvers<void>()
    at.script.set('long', [
      async function* () {
        await gate.promise
        yield stop
      },
    ])
    await at.submit('ana', 'long')
    const { promptId } = await again(at, 'bo', answer)
    await at.act('bo', { type: 'prompt.edit', promptId, text: 'name a fruit like that' })
    gate.resolve()
    await at.ended()
    expect(given(at)).toContain('apple')
    expect((await at.told()).at(-2)?.metadata.again).toBeUndefined()
  })

  it('[D13] what was taken back, is still answered, or has its question elsewhere is not asked again', async () => {
    const { at, question, answer } = await asked()
    await at.act('ana', { type: 'message.retract', messageId: answer })
    expect(await at.refusal('bo', { type: 'message.regenerate', messageId: answer })).toBe(
      'ALREADY_RETRACTED',
    )
    expect(await at.refusal('bo', { type: 'message.regenerate', messageId: 'm-none' })).toBe('NOT_FOUND')
    const model = 'no-such'
    expect(await at.refusal('bo', { type: 'message.regenerate', messageId: question, model })).toBe(
      'MALFORMED',
    )
    await at.act('ana', { type: 'message.retract', messageId: question })
    expect(await at.refusal('bo', { type: 'message.regenerate', messageId: question })).toBe(
      'ALREADY_RETRACTED',
    )

    await at.ask('ana', 'private', [[say('a secret'), stop]], [])
    await at.ended()
    const secret = (await at.told()).find(({ parts }) => JSON.stringify(parts).includes('a secret'))
    const { messageId } = await at.act<'message.share'>('ana', {
      type: 'message.share',
      messageId: secret?.id ?? '',
      audience: 'everyone',
    })
    expect(await at.refusal('bo', { type: 'message.regenerate', messageId })).toBe('MALFORMED')

    at.script.set('slow', [
      async function* () {
        yield say('so far')
        await new Promise(() => undefined)
      },
    ])
    await at.submit('ana', 'slow')
    await at.until(
      () => at.asked.at(-1)?.messages.some((each) => JSON.stringify(each).includes('slow')) === true,
    )
    const slow = at.messages().at(-1)
    expect(await at.refusal('bo', { type: 'message.regenerate', messageId: slow?.id ?? '' })).toBe(
      'MESSAGE_STREAMING',
    )
  })

  it('[D14] a question that is taken back takes what asked it again with it, waiting or answered', async () => {
    const { at, question } = await asked()
    await again(at, 'bo', question)
    await at.ended()
    const gate = Promise.withResolvers<void>()
    at.script.set('long', [
      async function* () {
        await gate.promise
        yield stop
      },
    ])
    await at.submit('ana', 'long')
    const { promptId } = await again(at, 'mo', question)
    await at.act('ana', { type: 'message.retract', messageId: question })
    expect(JSON.stringify(await at.told('bo'))).not.toContain('name a fruit')
    expect(at.session.state.prompts[promptId]).toBeUndefined()
    gate.resolve()
    await at.ask('bo', 'what now', [[say('x'), stop]])
    await at.ended()
    expect(JSON.stringify(await at.told('bo'))).not.toContain('name a fruit')
    expect(given(at)).not.toContain('name a fruit')
  })

  it('[D14] whoever asked again takes back their own alone', async () => {
    const { at, question } = await asked()
    await again(at, 'bo', question)
    await at.ended()
    const mine = (await at.told('bo')).at(-2)?.id ?? ''
    await at.act('bo', { type: 'message.retract', messageId: mine })
    expect(JSON.stringify(await at.told('bo')).split('name a fruit')).toHaveLength(2)
  })

  it('[D15] finds messages that have long left the state, with their words', async () => {
    const { at, question, answer } = await asked()
    for (let n = 0; n < 105; n++) {
      await at.submit('ana', 'more')
      await at.until(() => Object.keys(at.session.state.prompts).length === 0 && at.turn === undefined)
    }
    at.limits = { ...at.limits, segmentMessages: 4 }
    await at.reopen()
    await at.ask('ana', 'once more', [])
    await at.ended()
    const entries = at.session.state.lanes.main?.entries ?? []
    expect(entries.filter(({ id }) => id === answer || id === question)).toEqual([])
    const model = 'scripted'
    await at.act('bo', { type: 'message.regenerate', messageId: answer, model })
    await at.ended()
    const [repeated] = (await at.told()).slice(-2)
    expect(repeated?.parts).toMatchObject([{ text: 'name a fruit' }])
    expect(repeated?.metadata.again).toBe(question)
  })

  it('[D12] nor is a part of the turn that goes on among fewer readers told what was answered before', async () => {
    const salaries = new CountingTool('salaries', { effect: 'read', replay: 'safe' })
    salaries.readers = ['ana', 'bo']
    const at = await TurnHouse.start([salaries])
    await at.ask('ana', 'how much', [
      [wish('salaries', { n: 1 }), calls],
      [say('It is 7.'), stop],
    ])
    await at.ended()
    const [wide, , narrow, answer] = await at.told('bo')
    expect([wide, narrow].map((each) => each?.metadata.after)).toEqual([undefined, 2])
    for (const messageId of [wide?.id ?? '', answer?.id ?? '']) {
      const { laneId } = await again(at, 'bo', messageId)
      expect(laneId === 'main').toBe(messageId === wide?.id)
      await at.ended()
      expect((await at.told('bo')).at(-1)?.parts.at(-1)).toMatchObject({ text: 'It is 7.' })
      expect(given(at)).toContain('how much')
      expect(given(at)).not.toContain('It is 7.')
    }
  })
})
