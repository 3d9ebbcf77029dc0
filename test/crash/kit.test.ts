import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { createModel } from '../../server/model/catalog.ts'
import type { ModelPart } from '../../server/model/port.ts'
import { parseModels } from '../../server/model/spec.ts'
import { FaultProxy } from '../kit/fault-proxy.ts'
import { type ModelFailure, ModelServer } from '../kit/model-server.ts'
import { writeScript } from '../kit/script.ts'

// The other suites of this folder believe these tools: what is not obvious about them is shown here.

const BODY = 'x'.repeat(100_000)

it('a proxy that is silent holds what was said and lets it through when healed', async () => {
  const proxy = await proxyTo(await echoServer())
  proxy.silence()
  const answer = ask(proxy)
  expect(await within(300, answer)).toBe('nothing')
  proxy.heal()
  expect(await answer).toBe(BODY)
})

it('a proxy that delays keeps the order, and adds its delay to each way', async () => {
  const proxy = await proxyTo(await echoServer())
  proxy.toServer.delay = 100
  proxy.toClient.delay = 100
  const before = Date.now()
  expect(await ask(proxy)).toBe(BODY)
  expect(Date.now() - before).toBeGreaterThanOrEqual(200)
})

it('a proxy cuts an answer after as many bytes as it was told, and the next is whole', async () => {
  const proxy = await proxyTo(await echoServer())
  proxy.toClient.cutAfter = 50_000
  await expect(ask(proxy)).rejects.toThrow()
  expect(await ask(proxy)).toBe(BODY)
})

it('a proxy resets what is open, and refuses while it is closed', async () => {
  const proxy = await proxyTo(await echoServer())
  proxy.silence()
  const answer = ask(proxy)
  await expect.poll(() => proxy.connections).toBe(1)
  proxy.reset()
  await expect(answer).rejects.toThrow()
  proxy.heal()
  proxy.open = false
  await expect(ask(proxy)).rejects.toThrow()
  proxy.open = true
  expect(await ask(proxy)).toBe(BODY)
})

const SCRIPT = writeScript('s1', [
  { say: 'a <b> & c, said at some length', calls: ['safe.read {"id":"s1"}'] },
])

it('a scripted model speaks and calls as the prompt says, the same each time', async () => {
  const model = await scripted()
  const parts = await step(model, SCRIPT)
  expect(parts).toEqual(await step(model, SCRIPT))
  expect(textOf(parts)).toBe('a <b> & c, said at some length')
  expect(parts.slice(-2)).toMatchObject([
    { type: 'tool-call', tool: 'safe.read', args: { id: 's1' } },
    { type: 'finish', finish: 'tool-calls' },
  ])
  expect(model.asked('s1', 1).map(({ outcome }) => outcome)).toEqual(['answered', 'answered'])
})

const FAILURES: [ModelFailure, string][] = [
  [{ kind: 'busy', retryAfter: 2 }, 'PROVIDER_BUSY'],
  [{ kind: 'error' }, 'PROVIDER_UNAVAILABLE'],
  [{ kind: 'cut', after: 1 }, 'PROVIDER_CUT'],
  [{ kind: 'unfinished', after: 1 }, 'PROVIDER_CUT'],
  [{ kind: 'malformed', after: 1 }, 'PROVIDER_CUT'],
]
for (const [failure, code] of FAILURES) {
  it(`a scripted model that is told to fail by ${failure.kind} does so once`, async () => {
    const model = await scripted()
    model.failures.push(failure)
    const parts = await step(model, SCRIPT)
    expect(parts.at(-1)).toMatchObject({ type: 'error', fault: { code, retryable: true } })
    expect(textOf(parts)).toBe('after' in failure ? 'a <b> & c, s' : '')
    expect(textOf(await step(model, SCRIPT))).toBe('a <b> & c, said at some length')
    expect(model.asked('s1', 1).map(({ outcome }) => outcome)).toEqual(['failed', 'answered'])
  })
}

async function scripted(): Promise<ModelServer> {
  const model = await ModelServer.start()
  onTestFinished(() => model.close())
  return model
}

/** One step of the script, through the server's own adapter. */
async function step(server: ModelServer, text: string): Promise<ModelPart[]> {
  const { COLLOQUY_MODEL: setting, COLLOQUY_MODEL_KEY: modelKey } = server.settings()
  const read = parseModels(setting)
  if ('problem' in read) throw new Error(read.problem)
  const model = createModel({
    model: read.specs,
    modelKey,
    offlineTps: 0,
    providers: { openai: {}, anthropic: {} },
  })
  const tool = { name: 'safe.read', description: 'reads', input: { type: 'object' } }
  const messages = [{ role: 'user' as const, from: { id: 'ana', name: 'Ana', seq: 1 }, text }]
  const parts: ModelPart[] = []
  const call = { model: 'scripted', system: '', messages, tools: [tool] }
  for await (const part of model.stream(call, new AbortController().signal)) parts.push(part)
  return parts
}

function textOf(parts: readonly ModelPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

async function echoServer(): Promise<string> {
  const server = createServer((req, res) => req.pipe(res)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

async function proxyTo(target: string): Promise<FaultProxy> {
  const proxy = await FaultProxy.start(target)
  onTestFinished(() => proxy.close())
  return proxy
}

async function ask(proxy: FaultProxy): Promise<string> {
  const response = await fetch(proxy.url, { method: 'POST', body: BODY, headers: { connection: 'close' } })
  return response.text()
}

function within<T>(ms: number, answer: Promise<T>): Promise<T | 'nothing'> {
  const late = Promise.withResolvers<'nothing'>()
  setTimeout(() => late.resolve('nothing'), ms)
  return Promise.race([answer, late.promise])
}
