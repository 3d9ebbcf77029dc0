import { DEFAULT_LIMITS } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import { principal } from '../kit/people.ts'
import { say, stop, TurnHouse } from '../kit/turn-house.ts'

/** More messages than views keep of a lane that has rolled. */
const MANY = 210

/** ana's answer in her own lane, which the state no longer keeps, and a copy of it in main, which it keeps still. */
async function leftBehind() {
  const at = await TurnHouse.start()
  const limits = { ...DEFAULT_LIMITS }
  at.limits = limits
  await at.reopen()
  await at.ask('ana', 'my idea', [[say('a fine idea'), stop]], [])
  await at.ended()
  const source = (await at.told())[1]?.id ?? ''
  const share = { type: 'message.share', messageId: source, audience: 'everyone' } as const
  const { messageId: copy } = await at.act<'message.share'>('ana', share)
  const turns = async (count: number, audience: 'everyone' | string[]) => {
    for (let n = 0; n < count; n++) {
      await at.submit('ana', 'more', audience)
      await at.until(() => Object.keys(at.session.state.prompts).length === 0 && at.turn === undefined)
    }
  }
  const roll = async (audience: 'everyone' | string[]) => {
    limits.segmentMessages = 4
    await turns(1, audience)
    await at.rest()
    limits.segmentMessages = DEFAULT_LIMITS.segmentMessages
  }
  await turns(MANY / 2, [])
  await roll([])
  await turns(MANY / 2, 'everyone')
  const isKept = (id: string) =>
    Object.values(at.session.state.lanes).some(({ entries }) => entries.some((entry) => entry.id === id))
  expect([source, copy].map(isKept)).toEqual([false, true])
  return { at, source, copy, roll, isKept }
}

/** Lets reads of the journal wait. */
function holdReads(at: TurnHouse, isHeld: (range: { bodies?: boolean }) => boolean = () => true) {
  const gate = Promise.withResolvers<void>()
  const held: { bodies?: boolean }[] = []
  at.hooks.read = async (read, [, range]) => {
    const asked = range as { bodies?: boolean }
    if (isHeld(asked)) {
      held.push(asked)
      await gate.promise
    }
    return read()
  }
  return { held, release: gate.resolve }
}

describe('a message that the state no longer keeps', () => {
  it('[LR20] a copy that leaves the state while its source is looked for is taken back all the same', async () => {
    const { at, source, copy, roll, isKept } = await leftBehind()
    const { held, release } = holdReads(at)
    const done = at.act('ana', { type: 'message.retract', messageId: source })
    await at.until(() => held.length > 0)
    await roll('everyone')
    expect(isKept(copy)).toBe(false)
    release()
    await done
    const told = await at.told('bo')
    expect(JSON.stringify(told)).not.toContain('a fine idea')
    expect(told.find(({ id }) => id === copy)?.metadata.retractedAt).toBe(at.clock.now())
  })

  it('[LR19] is shared with its text', async () => {
    const { at, source } = await leftBehind()
    const { messageId } = await at.act<'message.share'>('ana', {
      ...{ type: 'message.share', messageId: source, audience: ['bo'] },
    })
    const copy = (await at.told('bo')).find(({ id }) => id === messageId)
    expect(copy?.parts).toEqual([{ type: 'text', text: 'a fine idea' }])
  })
})

describe('an id that names no message', () => {
  const ACTS = [
    { type: 'message.share', messageId: 'm_none', audience: 'everyone' },
    { type: 'message.retract', messageId: 'm_none' },
  ] as const

  it('[LR28] makes nobody read the journal who may share or take back nothing', async () => {
    const at = await TurnHouse.start()
    await at.act('ana', { type: 'member.set', userId: 'bo', role: 'viewer' })
    const { held, release } = holdReads(at)
    for (const command of ACTS) expect(await at.refusal('bo', command)).toBe('FORBIDDEN')
    expect(held).toEqual([])
    release()
  })

  it('[LR28] is looked for without the texts, and nobody else waits for it', async () => {
    const at = await TurnHouse.start()
    await at.ask('ana', 'hello', [[say('hi'), stop]])
    await at.ended()
    for (const command of ACTS) {
      const { held, release } = holdReads(at, ({ bodies }) => bodies === false)
      const refusal = at.refusal('bo', command)
      await at.until(() => held.length > 0)
      expect((await at.session.messages(principal('mo'), 'main')).messages).toHaveLength(2)
      expect((await at.session.export(principal('mo'))).messages).toHaveLength(2)
      release()
      expect(await refusal).toBe('NOT_FOUND')
    }
  })
})
