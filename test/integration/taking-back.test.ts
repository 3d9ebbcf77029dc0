import { describe, expect, it } from 'vitest'
import { CountingTool } from '../kit/counting-tool.ts'
import { calls, TurnHouse, wish } from '../kit/turn-house.ts'

/** ana's question in main goes on among herself alone, where she is being answered already: its rest waits there. */
async function waiting() {
  const secret = new CountingTool('secret', { effect: 'read', replay: 'safe' })
  secret.readers = ['ana']
  const at = await TurnHouse.start([secret])
  at.script.set('busy', [
    async function* () {
      await new Promise(() => undefined)
    },
  ])
  await at.submit('ana', 'busy', [])
  const promptId = await at.ask('ana', 'PASSWORD', [[wish('secret'), calls]])
  await at.until(() => at.session.state.prompts[promptId]?.continues !== undefined)
  await at.rest()
  return { at, promptId, messageId: at.messages()[0]?.id ?? '' }
}

/** Names of the docs of which the store has a byte of this text. */
async function docsWith(at: TurnHouse, text: string): Promise<string[]> {
  const { docs } = await at.journal.load('s')
  return [...docs].flatMap(([name, { state, updates }]) =>
    [...(state ? [state] : []), ...updates].some((bytes) => Buffer.from(bytes).includes(text)) ? [name] : [],
  )
}

describe('taking back a question whose rest waits among fewer readers', () => {
  it('[LR30] its words leave the doc of the lane that it waits in', async () => {
    const { at, messageId } = await waiting()
    expect(await docsWith(at, 'PASSWORD')).toHaveLength(2)
    await at.act('ana', { type: 'message.retract', messageId })
    expect(await docsWith(at, 'PASSWORD')).toEqual([])
  })

  it('[LR30] also when the rest was withdrawn before', async () => {
    const { at, promptId, messageId } = await waiting()
    await at.act('ana', { type: 'prompt.withdraw', promptId })
    await at.act('ana', { type: 'message.retract', messageId })
    expect(await docsWith(at, 'PASSWORD')).toEqual([])
  })
})
