import { expect, it } from 'vitest'
import type { ModelPort } from '../../server/model/port.ts'
import { hookedJournal, storeDown } from '../kit/faulty-journal.ts'
import { TestServer } from '../kit/server.ts'
import { textOf } from '../kit/text.ts'
import { until } from '../kit/until.ts'

it('[R3] a session whose revival met a request that failed comes back by itself', async () => {
  let broken = false
  let claiming: () => void = () => undefined
  const held: (() => void)[] = []
  const wrapJournal = hookedJournal({
    append: (call) => (broken ? Promise.reject(storeDown()) : call()),
    claim: async (call) => {
      if (!broken) return call()
      claiming()
      await new Promise<void>((resolve) => held.push(resolve))
      throw storeDown()
    },
  })
  const server = await TestServer.start({ tps: 100, wrapJournal })
  const id = await server.session()
  const ana = server.connect('ana', id)
  const prompt = await ana.prompt('/write 40')
  await until(ana, (now) => textOf(now.messages.at(-1)).length > 20)
  const claimed = new Promise<void>((resolve) => {
    claiming = resolve
  })
  broken = true
  // The first load after the drop, whoever began it, hangs in its claim and then fails.
  await claimed
  const request = server.fetch('ana', 'GET', `/sessions/${id}`)
  broken = false
  for (const release of held) release()
  await request
  expect((await prompt.finished).end).toBe('done')
})

it('[R1] a refusal tells of what was decided before only once that is durable', async () => {
  let hold: Promise<void> | null = null
  const wrapJournal = hookedJournal({
    append: async (call, [stream]) => {
      if (!hold || !String(stream).startsWith('s_')) return call()
      await hold
      throw storeDown()
    },
  })
  const server = await TestServer.start({ tps: 30, wrapJournal })
  const id = await server.session()
  const path = `/sessions/${id}/prompts`
  await server.json('ana', 'POST', path, { text: '/write 300' })
  const { promptId } = await server.json('ana', 'POST', path, { text: 'I wait' })
  let fail = () => {}
  hold = new Promise((resolve) => {
    fail = resolve
  })
  const first = server.refusal('ana', 'DELETE', `${path}/${promptId}`)
  const again = server.refusal('ana', 'DELETE', `${path}/${promptId}`)
  fail()
  // Neither is told that the prompt no longer waits: it still does.
  expect([await first, await again]).toEqual(['503 STORE_UNAVAILABLE', '503 STORE_UNAVAILABLE'])
  hold = null
  await expect
    .poll(async () => (await server.fetch('ana', 'GET', `${path}/${promptId}`)).json())
    .toMatchObject({ state: 'waiting' })
  const { turns } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
  await server.json('ana', 'DELETE', `${path}/${promptId}`)
  await server.json('ana', 'POST', `/sessions/${id}/turns/${turns[0].turnId}/cancel`, {})
})

it('[S13] an export under way when its reader is removed gives them nothing', async () => {
  let gate: Promise<void> | null = null
  let reading = () => {}
  const wrapJournal = hookedJournal({
    read: async (call, [, range]) => {
      if (gate && (range as { limit: number }).limit > 1) {
        reading()
        await gate
      }
      return call()
    },
  })
  const server = await TestServer.start({ wrapJournal })
  const id = await server.session({ bo: 'prompter' })
  const ana = server.connect('ana', id)
  await (await ana.prompt('before')).finished
  let open = () => {}
  const held = new Promise<void>((resolve) => {
    reading = resolve
  })
  gate = new Promise((resolve) => {
    open = resolve
  })
  const exported = server.refusal('bo', 'GET', `/sessions/${id}/export?format=json`)
  await held
  await server.json('ana', 'DELETE', `/sessions/${id}/members/bo`)
  gate = null
  await (await ana.prompt('said after bo was removed')).finished
  open()
  expect(await exported).toBe('404 NOT_FOUND')
})

it('[D9] an invite ends with its maker’s rights, and does not let in who was taken out after it was made', async () => {
  const server = await TestServer.start()
  const id = await server.session({ bo: 'moderator', cy: 'prompter' })
  const path = `/sessions/${id}/invites`
  const own = await server.json('bo', 'POST', path, { role: 'moderator', uses: 9, expiresIn: 60_000 })
  const anas = await server.json('ana', 'POST', path, { role: 'prompter', uses: 9, expiresIn: 60_000 })
  await server.json('ana', 'DELETE', `/sessions/${id}/members/bo`)
  await server.json('ana', 'DELETE', `/sessions/${id}/members/cy`)
  expect(await server.refusal('bo', 'POST', `${path}/${own.code}/accept`, {})).toBe('409 INVITE_EXPIRED')
  expect(await server.refusal('cy', 'POST', `${path}/${anas.code}/accept`, {})).toBe('403 FORBIDDEN')
  expect(await server.json('dee', 'POST', `${path}/${anas.code}/accept`, {})).toMatchObject({
    role: 'prompter',
  })
  const fresh = await server.json('ana', 'POST', path, { role: 'prompter', uses: 1, expiresIn: 60_000 })
  expect(await server.json('cy', 'POST', `${path}/${fresh.code}/accept`, {})).toMatchObject({
    role: 'prompter',
  })
})

it('[A1] a moderator’s second move keeps the first', async () => {
  const server = await TestServer.start({ tps: 20 })
  const id = await server.session({ bo: 'prompter' })
  const ana = server.connect('ana', id)
  const bo = server.connect('bo', id)
  await ana.prompt('/write 300')
  const names = ['x', 'y', 'z']
  const prompts = []
  for (const name of names) prompts.push(await bo.prompt(name))
  const [x, y, z] = prompts
  if (!x || !y || !z) throw new Error('no prompts')
  expect([x.position, y.position, z.position]).toEqual([1, 2, 3])
  await ana.move(z.promptId, x.promptId)
  await ana.move(y.promptId, z.promptId)
  await until(ana, ({ queue }) => queue.map(({ text }) => text).join('') === 'yzx')
  const { turn } = ana.snapshot()
  if (turn) await ana.cancel(turn.turnId)
  for (const each of prompts) await each.withdraw().catch(() => undefined)
})

it('[D10] the position told is the place in the order: fair turns put a newcomer first', async () => {
  const server = await TestServer.start({ tps: 20 })
  const id = await server.session({ bo: 'prompter' })
  const ana = server.connect('ana', id)
  await ana.prompt('/write 300')
  for (let n = 0; n < 4; n++) await ana.prompt(`ana ${n}`)
  const bo = await server.connect('bo', id).prompt('bo')
  expect(bo.position).toBe(1)
  const { turn } = await until(ana, (now) => now.turn !== null)
  if (turn) await ana.cancel(turn.turnId)
})

it('[R8] a step that is cut is tried again, its text replaced; after three attempts the turn fails', async () => {
  let calls = 0
  let failures = 1
  const model: ModelPort = {
    defaultModel: 'flaky',
    models: ['flaky'],
    async *stream() {
      calls++
      yield { type: 'text', text: `attempt ${calls}` }
      if (calls <= failures)
        yield { type: 'error', fault: { code: 'PROVIDER_CUT', retryable: true, detail: '', retryAfter: 1 } }
      else yield { type: 'finish', finish: 'stop' }
    },
  }
  const server = await TestServer.start({ model })
  const id = await server.session()
  const ana = server.connect('ana', id)
  const { end, message } = await (await ana.prompt('go')).finished
  expect(end).toBe('done')
  expect(message?.parts).toEqual([{ type: 'text', text: 'attempt 2' }])
  failures = 99
  const failed = await (await ana.prompt('go')).finished
  expect(failed).toMatchObject({
    end: 'failed',
    message: { metadata: { reason: 'PROVIDER_CUT' }, parts: [] },
  })
  expect(calls).toBe(5)
  const { turns } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
  expect(turns.map((turn: { attempts: number }) => turn.attempts)).toEqual([2, 3])
})
