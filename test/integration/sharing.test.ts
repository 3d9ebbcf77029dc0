import { type Audience, DEFAULT_LIMITS, type Message } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import { forkStory } from '../../server/session/fork-story.ts'
import { principal } from '../kit/people.ts'
import { say, stop, TurnHouse } from '../kit/turn-house.ts'

const textOf = (message: Message | undefined) =>
  message?.parts.map((part) => ('text' in part ? part.text : '')).join('')

/** ana has asked in private and got an answer. */
async function asked() {
  const at = await TurnHouse.start()
  await at.ask('ana', 'my idea', [[say('a fine idea'), stop]], [])
  await at.ended()
  const [, answer] = await at.told()
  return { at, answer: answer?.id ?? '' }
}

describe('sharing', () => {
  it('[LR19] gives others a copy that names its source, who shared it and when; the source stays as it was', async () => {
    const { at, answer } = await asked()
    const shared = await at.act<'message.share'>('ana', {
      type: 'message.share',
      messageId: answer,
      audience: 'everyone',
    })
    expect(shared.laneId).toBe('main')
    const [copy] = await at.told('bo')
    expect(await at.told('bo')).toHaveLength(1)
    expect(textOf(copy)).toBe('a fine idea')
    expect(copy).toMatchObject({
      ...{ id: shared.messageId, role: 'assistant' },
      metadata: {
        ...{ seq: 1, status: 'done', author: { id: 'ana' } },
        shared: { by: { id: 'ana', name: 'ana' }, at: at.clock.now(), messageId: answer },
      },
    })
    const own = (await at.told()).filter(({ metadata }) => !metadata.shared)
    expect(own.map(textOf)).toEqual(['my idea', 'a fine idea'])
    expect(JSON.stringify(await at.session.describe(principal('bo')))).not.toContain('l1')
  })

  it('[LR19] the time of a copy is when it was asked, and never when others before it had ended', async () => {
    const at = await TurnHouse.start()
    const gate = Promise.withResolvers<void>()
    at.script.set('secret', [
      async function* () {
        await gate.promise
        yield stop
      },
    ])
    await at.submit('ana', 'secret', [])
    await at.until(() => at.asked.length === 1)
    const asked = at.clock.now()
    const promptId = await at.ask('ana', 'plain', [[say('yes'), stop]], [])
    at.clock.advance(60_000)
    gate.resolve()
    await at.ended()
    const both = (await at.told()).filter(({ metadata }) => metadata.promptId === promptId)
    for (const { id: messageId } of both) {
      await at.act('ana', { type: 'message.share', messageId, audience: 'everyone' })
    }
    expect(both.map(({ metadata }) => metadata.at)).toEqual([asked + 60_000, asked + 60_000])
    expect((await at.told('bo')).map(({ metadata }) => metadata.at)).toEqual([asked, asked])
  })

  it('[LR20] a copy is in the view of its new readers, and taking the source back takes it from them', async () => {
    const { at, answer } = await asked()
    await at.act('ana', { type: 'message.share', messageId: answer, audience: ['bo'] })
    await at.ask('bo', 'what is it', [[say('x'), stop]], ['ana'])
    await at.ended()
    expect(JSON.stringify(at.asked.at(-1))).toContain('a fine idea')
    expect(JSON.stringify(at.asked.at(-1))).not.toContain('my idea')
    await at.act('ana', { type: 'message.retract', messageId: answer })
    expect(JSON.stringify(await at.told('bo'))).not.toContain('a fine idea')
    await at.ask('bo', 'and now', [[say('x'), stop]], ['ana'])
    await at.ended()
    expect(JSON.stringify(at.asked.at(-1))).not.toContain('a fine idea')
  })

  it('[LR21] whoever shared a copy may take it back, and the source stays', async () => {
    const at = await TurnHouse.start()
    await at.ask('ana', 'ours', [[say('fine'), stop]], ['bo'])
    await at.ended()
    const source = (await at.told('bo'))[0]?.id ?? ''
    const copy = await at.act<'message.share'>('bo', {
      type: 'message.share',
      messageId: source,
      audience: 'everyone',
    })
    expect(await at.refusal('bo', { type: 'message.retract', messageId: source })).toBe('FORBIDDEN')
    await at.act('bo', { type: 'message.retract', messageId: copy.messageId })
    expect((await at.told('mo')).map(textOf)).toEqual([''])
    expect((await at.told('ana')).map(textOf)).toContain('ours')
  })

  it('[LR22] what cannot be shared is refused by its code: unread, unknown, taken back, still written, with its readers', async () => {
    const { at, answer } = await asked()
    const share = (who: string, messageId: string, audience: 'everyone' | string[]) =>
      at.refusal(who, { type: 'message.share', messageId, audience })
    expect(await share('bo', answer, 'everyone')).toBe('NOT_FOUND')
    expect(await share('mo', 'm_none', 'everyone')).toBe('NOT_FOUND')
    expect(await share('ana', answer, ['zoe'])).toBe('AUDIENCE_UNKNOWN')
    expect(await share('ana', answer, [])).toBe('MALFORMED')
    const gate = Promise.withResolvers<void>()
    at.script.set('slow', [
      async function* () {
        await gate.promise
        yield stop
      },
    ])
    await at.submit('ana', 'slow')
    await at.until(() => at.messages().length === 2)
    expect(await share('ana', at.messages()[1]?.id ?? '', ['bo'])).toBe('MESSAGE_STREAMING')
    gate.resolve()
    await at.ended()
    await at.act('ana', { type: 'message.retract', messageId: answer })
    expect(await share('ana', answer, 'everyone')).toBe('ALREADY_RETRACTED')
  })

  it('[LR22] nor what all of them read already, among however many: everyone’s, or a larger set’s', async () => {
    const at = await TurnHouse.start()
    at.groups.set('bo', ['team'])
    const share = async (of: Audience | undefined, audience: Audience) => {
      const { promptId } = await at.submit('ana', 'words', of)
      await at.ended()
      const messageId = (await at.told()).find(({ metadata }) => metadata.promptId === promptId)?.id ?? ''
      return at.refusal('ana', { type: 'message.share', messageId, audience })
    }
    expect(await share(undefined, ['bo'])).toBe('MALFORMED')
    expect(await share(undefined, [])).toBe('MALFORMED')
    expect(await share(undefined, 'everyone')).toBe('MALFORMED')
    expect(await share(['bo', 'mo'], ['bo'])).toBe('MALFORMED')
    expect(await share(['bo', 'mo'], ['group:team'])).toBe('MALFORMED')
    expect(await share(['bo', 'mo'], 'everyone')).toBe('accepted')
    expect(await share(['bo'], ['bo', 'mo'])).toBe('accepted')
    // Who came in by a group may leave it: named, they read the copy all the same.
    expect(await share(['group:team'], ['bo'])).toBe('accepted')
  })

  it('[LR32] a copy of an answer that was stopped says so, and is in no view, fork or further copy as a whole one', async () => {
    const at = await TurnHouse.start()
    at.script.set('idea', [
      async function* () {
        yield say('HALF ANSWER')
        await new Promise(() => undefined)
      },
    ])
    await at.submit('ana', 'idea', ['bo'])
    await at.rest()
    await at.act('ana', { type: 'turn.cancel', turnId: at.turn?.turnId ?? '' })
    await at.ended()
    let messageId = (await at.told())[1]?.id ?? ''
    for (const audience of [['mo'], 'everyone'] as const) {
      const copy = await at.act<'message.share'>('ana', { type: 'message.share', messageId, audience })
      messageId = copy.messageId
    }
    const copies = (await at.told('mo')).filter(({ metadata }) => metadata.shared)
    expect(copies.map(textOf)).toEqual(['HALF ANSWER', 'HALF ANSWER'])
    expect(copies.map(({ metadata }) => metadata.status)).toEqual(['cancelled', 'cancelled'])
    await at.ask('mo', 'next', [[say('x'), stop]], ['ana'])
    await at.ended()
    expect(JSON.stringify(at.asked.at(-1))).not.toContain('HALF ANSWER')
    const mine = { messages: await at.told('mo'), turns: [] }
    const story = forkStory(mine, { id: 'mo', name: 'mo' }, 1, String, DEFAULT_LIMITS)
    expect(JSON.stringify(story)).not.toContain('HALF ANSWER')
    await at.reopen()
    expect((await at.told('bo')).at(-1)?.metadata.status).toBe('cancelled')
  })

  it('[LR23] a moderator ends all that a person has waiting and running, also what they do not see', async () => {
    const at = await TurnHouse.start()
    at.script.set('held', [
      async function* () {
        await new Promise(() => undefined)
      },
    ])
    await at.submit('bo', 'held', [])
    const { promptId } = await at.submit('bo', 'waits', [])
    await at.until(() => Object.keys(at.session.state.turns).length === 1)
    expect(await at.refusal('bo', { type: 'member.stop', userId: 'mo' })).toBe('FORBIDDEN')
    await at.act('mo', { type: 'member.stop', userId: 'bo' })
    await at.ended()
    expect(await at.session.prompt(principal('bo'), promptId)).toMatchObject({ end: 'withdrawn' })
    expect((await at.told('bo')).at(-1)?.metadata).toMatchObject({ status: 'revoked' })
    expect(await at.told('mo')).toEqual([])
  })

  it('[LR24] taking back a question stops what is being answered to it, whoever else has a copy of it', async () => {
    for (const copies of [false, true]) {
      const at = await TurnHouse.start()
      at.script.set('held', [
        async function* () {
          yield say('so far')
          await new Promise(() => undefined)
        },
      ])
      const { laneId } = await at.submit('ana', 'held', ['bo'])
      await at.until(() => at.messages(laneId).length === 2)
      const messageId = at.messages(laneId)[0]?.id ?? ''
      if (copies) await at.act('bo', { type: 'message.share', messageId, audience: ['mo'] })
      expect(await at.act('ana', { type: 'message.retract', messageId })).toEqual({ ok: true })
      await at.ended()
      expect((await at.told()).map(({ metadata }) => metadata.status)).toEqual(['done', 'cancelled'])
      expect(JSON.stringify(await at.told('bo'))).not.toContain('held')
    }
  })

  it('[LR25] an act that changes nothing is kept as one that does: its commandId serves no other', async () => {
    const at = await TurnHouse.start()
    const stop = { type: 'member.stop' as const, userId: 'bo' }
    await at.session.execute(principal('mo'), 'same', stop)
    await expect(
      at.session.execute(principal('mo'), 'same', { ...stop, userId: 'ana' }),
    ).rejects.toMatchObject({
      code: 'COMMAND_REUSED',
    })
  })
})
