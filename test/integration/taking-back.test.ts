import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { callKey } from '../../server/tools/canonical.ts'
import { CountingTool } from '../kit/counting-tool.ts'
import { calls, say, stop, TurnHouse, wish } from '../kit/turn-house.ts'

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

it('[LR34] what stays of words that were taken back is nothing that guessed words can be tried against', async () => {
  const tool = new CountingTool('look', { effect: 'read', replay: 'safe' })
  const at = await TurnHouse.start([tool])
  const text = 'PASSWORD'
  const promptId = await at.ask('ana', text, [
    [wish('look', { text }), calls],
    [say('yes'), stop],
  ])
  await at.ended()
  const ask = at.messages().find(({ metadata }) => metadata.promptId === promptId)
  for (const { id: messageId } of at.messages()) await at.act('ana', { type: 'message.retract', messageId })
  const events = await at.journal.read('s', { after: 0, limit: 1_000 })
  const ids = Array.from({ length: 20 }, (_, n) => `id-${n}`)
  const commands = await Promise.all(ids.map((id) => at.journal.command('s', 'ana', id)))
  const stored = JSON.stringify([events, commands])
  expect(commands.filter((command) => command).length).toBeGreaterThan(2)
  expect(stored).not.toContain(text)
  const args = JSON.stringify({ text })
  const key = callKey(ask?.metadata.turnId ?? '', 1, 0, 'look', args)
  expect(tool.runs).toEqual([{ key, args: { text } }])
  expect(stored).not.toContain(key)
  for (const guess of [text, args, JSON.stringify(args), JSON.stringify({ type: 'prompt.submit', text })]) {
    const hash = createHash('sha256').update(guess)
    expect(stored).not.toContain(hash.copy().digest('base64url'))
    expect(stored).not.toContain(hash.digest('hex'))
  }
})
