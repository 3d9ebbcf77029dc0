import { readContent } from '@colloquy/server/session/lane-doc'
import { describe, expect, it } from 'vitest'
import { type Fault, FaultyJournal } from '../kit/faulty-journal.ts'
import { foreignClient } from '../kit/foreign.ts'
import { TestServer } from '../kit/server.ts'
import { textOf } from '../kit/text.ts'
import { asServed, ended, until } from '../kit/until.ts'

describe.each<Fault>(['refuses', 'writes and does not say so'])('a store that %s', (fault) => {
  it('[R3] in the middle of a stream: readers notice nothing, and nothing accepted is lost', async () => {
    const store = new FaultyJournal()
    const server = await TestServer.start({ tps: 300, wrapJournal: store.wrap })
    const sessionId = await server.session({ bo: 'prompter' })
    const ana = server.connect('ana', sessionId)
    const reader = await foreignClient(server, 'bo', sessionId)
    reader.connect()
    await Promise.all([ana.ready, reader.synced])
    let closed = false
    reader.closed.then(() => {
      closed = true
    })

    const prompt = await ana.prompt('/write 150')
    const waiting = await ana.prompt('/write 3')
    await until(ana, (now) => textOf(now.messages.at(-1)).length > 40)
    store.fault = fault
    await expect.poll(() => store.failed).toBeGreaterThan(2)
    // No byte of what was not durable: what the reader has is what the journal has.
    store.fault = 'none'

    expect((await prompt.finished).end).toBe('done')
    expect((await waiting.finished).end).toBe('done')
    expect(closed).toBe(false)
    const seen = await until(ana, (now) => ended(now).length === 2)
    await expect.poll(() => readContent(reader.doc).messages).toEqual(asServed(seen.messages))
    const { turns, messages } = await server.json('ana', 'GET', `/sessions/${sessionId}/export?format=json`)
    expect(turns.map((turn: { attempts: number }) => turn.attempts)).toEqual([2, 1])
    expect(messages).toEqual(asServed(seen.messages))
  })

  it('[R3] commands answer STORE_UNAVAILABLE while it lasts, and act once when they come again', async () => {
    const store = new FaultyJournal()
    const server = await TestServer.start({ wrapJournal: store.wrap })
    const sessionId = await server.session()
    store.fault = fault
    const body = { commandId: '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', text: 'once' }
    const path = `/sessions/${sessionId}/prompts`
    expect(await server.refusal('ana', 'POST', path, body)).toBe('503 STORE_UNAVAILABLE')
    store.fault = 'none'
    await expect.poll(async () => (await server.fetch('ana', 'POST', path, body)).status).toBe(202)
    await server.json('ana', 'POST', path, body)
    await expect
      .poll(
        async () =>
          (await server.json('ana', 'GET', `/sessions/${sessionId}/export?format=json`)).messages.length,
      )
      .toBe(2)
  })
})
