import type { ExportAnswer } from '@colloquy/shared/answers'
import { expect, it } from 'vitest'
import { principal } from '../kit/people.ts'
import { say, stop, TurnHouse } from '../kit/turn-house.ts'

const READS: Readonly<Record<string, (at: TurnHouse) => Promise<Pick<ExportAnswer, 'messages'>>>> = {
  'an export': (at) => at.session.export(principal('bo')),
  'a page': (at) => at.session.messages(principal('bo'), 'main'),
  'what a fork begins with': (at) => at.session.copyOf(principal('bo'), 'main', 2),
}

for (const [name, read] of Object.entries(READS)) {
  it(`[LR29] ${name} that is being read has no word of what is taken back meanwhile, and says so`, async () => {
    const at = await TurnHouse.start()
    await at.ask('ana', 'PASSWORD', [[say('x'), stop]])
    await at.ended()
    const gate = Promise.withResolvers<void>()
    let reads = 0
    at.hooks.read = async (call) => {
      const events = await call()
      reads++
      await gate.promise
      return events
    }
    // The second one waits for the first, and reads what is erased by then.
    const answers = [read(at), read(at)]
    await at.until(() => reads > 0)
    await at.act('ana', { type: 'message.retract', messageId: at.messages()[0]?.id ?? '' })
    gate.resolve()
    for (const { messages } of await Promise.all(answers)) {
      expect(messages[0]).toMatchObject({ parts: [], metadata: { retractedAt: at.clock.now() } })
      expect(messages[1]?.parts).toHaveLength(1)
    }
  })
}
