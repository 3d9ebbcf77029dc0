import { DEFAULT_LIMITS } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import { principal } from '../kit/people.ts'
import { say, stop, TurnHouse } from '../kit/turn-house.ts'

/** ana owns the session, mo moderates, bo prompts. */
const house = () => TurnHouse.start()
const lanesOf = async (at: TurnHouse, who: string) => (await at.session.describe(principal(who))).lanes
const refusalOf = (read: Promise<unknown>) =>
  read.then(
    () => 'answered',
    (error: { code?: string }) => error.code,
  )

describe('lanes', () => {
  it('[LR1] are made on first use, once for each choice of readers, and whoever asks is among them', async () => {
    const at = await house()
    const alone = await at.submit('ana', 'one', [])
    expect((await at.submit('ana', 'two', ['ana'])).laneId).toBe(alone.laneId)
    const both = await at.submit('ana', 'three', ['bo'])
    expect((await at.submit('bo', 'four', ['ana'])).laneId).toBe(both.laneId)
    expect((await at.submit('bo', 'five')).laneId).toBe('main')
    expect(await lanesOf(at, 'ana')).toMatchObject([
      { laneId: 'main', audience: 'everyone' },
      { laneId: alone.laneId, audience: ['ana'] },
      { laneId: both.laneId, audience: ['ana', 'bo'] },
    ])
  })

  it('[LR2] to whoever does not read one it does not exist, whatever their role', async () => {
    const at = await house()
    const hold = async function* () {
      await new Promise(() => undefined)
    }
    const { laneId, promptId } = await at.submit('bo', 'secret', [])
    at.script.set('long', [hold])
    await at.ended()
    const { promptId: running } = await at.submit('bo', 'long', [])
    const { promptId: waiting } = await at.submit('bo', 'waits', [])
    await at.until(() => Object.keys(at.session.state.turns).length === 1)
    const [turnId = ''] = Object.keys(at.session.state.turns)
    const [message] = at.messages(laneId)
    for (const who of ['ana', 'mo']) {
      const outsider = principal(who)
      expect((await lanesOf(at, who)).map((lane) => lane.laneId)).toEqual(['main'])
      expect(JSON.stringify(await at.session.export(outsider))).not.toContain('secret')
      expect(await refusalOf(at.session.messages(outsider, laneId))).toBe('NOT_FOUND')
      expect(await refusalOf(at.session.view(outsider, laneId))).toBe('NOT_FOUND')
      for (const id of [promptId, running, waiting])
        expect(await refusalOf(at.session.prompt(outsider, id))).toBe('NOT_FOUND')
      expect(await at.refusal(who, { type: 'prompt.withdraw', promptId: waiting })).toBe('NOT_FOUND')
      expect(await at.refusal(who, { type: 'prompt.edit', promptId: waiting, text: 'x' })).toBe('NOT_FOUND')
      expect(await at.refusal(who, { type: 'prompt.move', promptId: waiting, before: null })).toBe(
        'NOT_FOUND',
      )
      expect(await at.refusal(who, { type: 'prompt.edit', promptId, text: 'x' })).toBe('NOT_FOUND')
      expect(await at.refusal(who, { type: 'turn.cancel', turnId })).toBe('NOT_FOUND')
      const messageId = message?.id ?? ''
      expect(await at.refusal(who, { type: 'message.retract', messageId })).toBe('NOT_FOUND')
      expect(await at.refusal(who, { type: 'message.share', messageId, audience: 'everyone' })).toBe(
        'NOT_FOUND',
      )
      expect(await at.refusal(who, { type: 'lane.fork', laneId, seq: 1 })).toBe('NOT_FOUND')
    }
  })

  it('[LR3] readers who are not here, groups that are not there or have nobody here: refused, and no lane is made', async () => {
    const at = await house()
    at.groups.set('bo', ['ops'])
    at.groups.set('zoe', ['law'])
    for (const audience of [['zoe'], ['bo', 'nobody'], ['group:none']]) {
      expect(await at.refusal('ana', { type: 'prompt.submit', text: 'x', audience })).toBe('AUDIENCE_UNKNOWN')
    }
    expect(await at.refusal('ana', { type: 'prompt.submit', text: 'x', audience: ['group:law'] })).toBe(
      'AUDIENCE_EMPTY',
    )
    await at.act('ana', { type: 'member.remove', userId: 'bo' })
    expect(await at.refusal('ana', { type: 'prompt.submit', text: 'x', audience: ['bo'] })).toBe(
      'AUDIENCE_UNKNOWN',
    )
    expect(Object.keys(at.session.state.lanes)).toEqual(['main'])
  })

  it('[LR4] there are at most so many by one person and in a session; those that are there go on', async () => {
    const at = await house()
    at.limits = { ...DEFAULT_LIMITS, lanesPerPerson: 2, lanesPerSession: 3 }
    await at.reopen()
    await at.submit('ana', 'a', [])
    await at.submit('ana', 'b', ['bo'])
    expect(await at.refusal('ana', { type: 'prompt.submit', text: 'c', audience: ['mo'] })).toBe('LANES_FULL')
    await at.submit('bo', 'd', [])
    expect(await at.refusal('bo', { type: 'prompt.submit', text: 'e', audience: ['mo'] })).toBe('LANES_FULL')
    expect(await at.submit('bo', 'f', ['ana'])).toMatchObject({ position: 1 })
    await at.ended()
    expect(await at.told('bo')).toHaveLength(6)
  })

  it('[LR5] each counts its own seq and runs its own turn; a message says which of the main lane it follows', async () => {
    const at = await house()
    const gate = Promise.withResolvers<void>()
    const slow = async function* () {
      await gate.promise
      yield say('late')
      yield stop
    }
    await at.ask('bo', 'first', [[say('1'), stop]])
    await at.ended()
    await at.ask('bo', 'slow', [slow])
    const { laneId } = await at.submit('ana', 'aside', [])
    await at.until(() => at.messages(laneId).at(-1)?.metadata.status === 'done')
    expect(at.messages(laneId).map(({ metadata }) => [metadata.seq, metadata.after])).toEqual([
      [1, 4],
      [2, 4],
    ])
    gate.resolve()
    await at.ended()
    expect(at.messages().map(({ metadata }) => [metadata.seq, metadata.after])).toEqual(
      [1, 2, 3, 4].map((seq) => [seq, undefined]),
    )
    expect((await at.session.messages(principal('ana'), laneId)).messages).toHaveLength(2)
  })

  it('[LR6] a turn sees what all of its readers may read, and nothing else', async () => {
    const at = await house()
    const seen = (text: string) =>
      JSON.stringify(at.asked.findLast((call) => JSON.stringify(call).includes(text)))
    await at.ask('bo', 'of everyone', [[say('A'), stop]])
    await at.ended()
    await at.ask('ana', 'of two', [[say('B'), stop]], ['bo'])
    await at.ended()
    await at.ask('ana', 'of one', [[say('C'), stop]], [])
    await at.ended()
    await at.ask('ana', 'last of one', [[say('D'), stop]], [])
    await at.ended()
    for (const text of ['of everyone', 'of two', 'of one']) expect(seen('last of one')).toContain(text)
    await at.ask('bo', 'last of two', [[say('E'), stop]], ['ana'])
    await at.ended()
    expect(seen('last of two')).toContain('of everyone')
    expect(seen('last of two')).not.toContain('of one')
    await at.ask('ana', 'last of all', [[say('F'), stop]])
    await at.ended()
    expect(seen('last of all')).toContain('of everyone')
    expect(seen('last of all')).not.toContain('of two')
  })

  it('[LR7] what happens in one does not make a session look active to those who do not read it', async () => {
    const at = await house()
    const before = at.session.state.activeAt
    at.clock.advance(5_000)
    await at.ask('ana', 'aside', [[say('A'), stop]], [])
    await at.ended()
    expect(at.session.state.activeAt).toBe(before)
  })
})

describe('a group', () => {
  it('[LR8] is expanded when readers are chosen, and the same for each of its people', async () => {
    const at = await house()
    for (const who of ['ana', 'bo']) at.groups.set(who, ['ops'])
    const { laneId } = await at.submit('ana', 'x', ['group:ops'])
    expect((await at.submit('bo', 'y', ['group:ops'])).laneId).toBe(laneId)
    expect(at.session.state.lanes[laneId]?.audience).toEqual(['ana', 'bo'])
    at.groups.set('mo', ['ops'])
    expect((await at.submit('ana', 'z', ['group:ops'])).laneId).not.toBe(laneId)
    expect((await at.submit('ana', 'named', ['bo'])).laneId).not.toBe(laneId)
  })

  it('[LR9] whoever leaves it stops receiving what they came to by it, and what they had there ends', async () => {
    const at = await house()
    for (const who of ['ana', 'bo']) at.groups.set(who, ['ops'])
    at.script.set('held', [
      async function* () {
        await new Promise(() => undefined)
      },
    ])
    const { laneId, promptId } = await at.submit('bo', 'held', ['group:ops'])
    const { promptId: waiting } = await at.submit('bo', 'waits', ['group:ops'])
    const { laneId: named } = await at.submit('ana', 'named', ['bo'])
    await at.until(() => Object.keys(at.session.state.turns).length > 0)
    at.groups.set('bo', [])
    at.session.groupsChanged('bo')
    await at.ended()
    expect((await lanesOf(at, 'bo')).map((lane) => lane.laneId)).toEqual(['main', named])
    expect(at.session.lane(`s/${laneId}@1`, 'bo')).toBeNull()
    expect(await refusalOf(at.session.prompt(principal('bo'), promptId))).toBe('NOT_FOUND')
    const ended = at.session.state.lanes[laneId]?.ended
    expect(ended).toEqual([
      { promptId: waiting, end: 'withdrawn' },
      { promptId, end: 'revoked' },
    ])
    at.groups.set('bo', ['ops'])
    at.session.groupsChanged('bo')
    expect((await lanesOf(at, 'bo')).map((lane) => lane.laneId)).toContain(laneId)
  })

  it('[LR9] what others have waiting there goes on when a turn ends because its author left', async () => {
    const at = await house()
    for (const who of ['ana', 'bo']) at.groups.set(who, ['ops'])
    at.script.set('held', [
      async function* () {
        await new Promise(() => undefined)
      },
    ])
    await at.submit('bo', 'held', ['group:ops'])
    const { laneId } = await at
      .ask('ana', 'next', [[say('N'), stop]], ['group:ops'])
      .then(() => Object.values(at.session.state.lanes)[1] ?? { laneId: '' })
    await at.until(() => Object.keys(at.session.state.turns).length > 0)
    at.groups.set('bo', [])
    at.session.groupsChanged('bo')
    await at.ended()
    expect(at.messages(laneId).map(({ metadata }) => metadata.status)).toEqual([
      ...['done', 'revoked', 'done', 'done'],
    ])
  })

  it('[LR9] who left it while the server was away is not answered there after the start', async () => {
    const at = await house()
    for (const who of ['ana', 'bo']) at.groups.set(who, ['ops'])
    at.script.set('held', [
      async function* () {
        await new Promise(() => undefined)
      },
    ])
    const { laneId } = await at.submit('bo', 'held', ['group:ops'])
    await at.until(() => Object.keys(at.session.state.turns).length > 0)
    await at.rest()
    const asked = at.asked.length
    at.groups.set('bo', [])
    await at.restart()
    await at.ended()
    expect(at.asked.length).toBe(asked)
    expect(at.session.state.lanes[laneId]?.ended).toMatchObject([{ end: 'revoked' }])
  })
})
