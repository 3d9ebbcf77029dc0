import { describe, expect, it } from 'vitest'
import type { CommandOf } from '../../server/session/api.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { calls, TurnHouse, wish } from '../kit/turn-house.ts'

const ENDS = {
  'its question is taken back': (at: TurnHouse): CommandOf<'message.retract'> => ({
    type: 'message.retract',
    messageId: at.messages()[0]?.id ?? '',
  }),
  'it is stopped': (at: TurnHouse): CommandOf<'turn.cancel'> => ({
    type: 'turn.cancel',
    turnId: at.turn?.turnId ?? '',
  }),
  'all of its author is stopped': (): CommandOf<'member.stop'> => ({ type: 'member.stop', userId: 'ana' }),
}

/** The rest of a narrowed turn has its lane, and no step of it has been committed. */
async function begun() {
  const secret = new CountingTool('secret', { effect: 'read', replay: 'safe' })
  secret.readers = ['ana']
  const at = await TurnHouse.start([secret])
  const gate = Promise.withResolvers<void>()
  const isRest = () => at.turn?.continues !== undefined
  at.hooks.append = async (append) => {
    const done = await append()
    // The turn goes on once its claim is known to be durable.
    if (isRest()) await gate.promise
    return done
  }
  await at.ask('ana', 'PASSWORD', [[wish('secret', { text: 'PASSWORD' }), calls]])
  await at.until(isRest)
  return { at, secret, goOn: gate.resolve, cell: at.turn?.continues?.cell ?? '' }
}

describe('calls that were carried to a narrower lane', () => {
  for (const [end, command] of Object.entries(ENDS)) {
    it(`[LR27] are erased when their turn ends before it comes to them: ${end}`, async () => {
      const { at, secret, goOn, cell } = await begun()
      expect((await at.journal.bodies('s', [cell])).get(cell)).toContain('PASSWORD')
      const before = at.appends.length
      const done = at.act('ana', command(at))
      await at.until(() => at.appends.length > before)
      goOn()
      await done
      await at.ended()
      expect(await at.journal.bodies('s', [cell])).toEqual(new Map())
      expect(secret.runs).toEqual([])
    })
  }

  it('[LR27] also when the server died over it too often', async () => {
    const { at, secret, cell } = await begun()
    for (let starts = 0; starts < 3; starts++) await at.restart()
    at.hooks.append = (append) => append()
    await at.restart()
    await at.ended()
    expect(await at.journal.bodies('s', [cell])).toEqual(new Map())
    expect(secret.runs).toEqual([])
  })
})
