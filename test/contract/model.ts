import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { ModelCall, ModelPart, ModelPort } from '../../server/model/port.ts'

/** What the contract needs of an implementation. */
export interface ModelHarness {
  port: ModelPort
  /** Ends with finish `stop` after saying `text`. */
  answers: { call: ModelCall; text: string }
  /** Calls the tool `lookup` with `{"key":"a"}`. */
  callsTool: ModelCall
  /** Calls `web.fetch` with `{"url":"u"}` and then `lookup` with `{"key":"a"}`; offers both. */
  callsTwo: ModelCall
  /** `afterCalls(callsTwo)`, and what is said to it; ends with finish `stop`. */
  answersResults: string
  /** Says something and is far from done; `released` resolves when the provider is let go of. */
  endless: { port: ModelPort; call: ModelCall; released?: Promise<void> }
  /** Requests that the provider of `port` has had; absent where there is none. */
  requests?(): number
  close(): Promise<void>
}

export const LOOKUP = {
  name: 'lookup',
  description: 'Looks a key up.',
  input: { type: 'object', properties: { key: { type: 'string' } }, required: ['key'] },
}

export const FETCH = {
  name: 'web.fetch',
  description: 'Reads a page.',
  input: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
}
/** How the second of the calls in `afterCalls` ended. */
export const DENIED = 'Bo did not allow it.'

/** The step after one that called `web.fetch` and `lookup`: the one has answered, the other was denied. */
export function afterCalls(call: ModelCall): ModelCall {
  const fetched = { callId: 'c_1', tool: 'web.fetch' }
  const looked = { callId: 'c_2', tool: 'lookup' }
  return {
    ...call,
    messages: [
      ...call.messages,
      {
        ...{ role: 'assistant', text: 'I will look.' },
        calls: [
          { ...fetched, args: { url: 'u' } },
          { ...looked, args: { key: 'a' } },
        ],
      },
      {
        role: 'tool',
        results: [
          { ...fetched, outcome: 'ok', output: '{"title":"Harbour"}' },
          { ...looked, outcome: 'denied', output: DENIED },
        ],
      },
    ],
  }
}

/** A call with one message of Ada's. */
export function ask(model: string, text: string, tools: ModelCall['tools'] = []): ModelCall {
  const from = { id: 'u_ada', name: 'Ada', seq: 1 }
  return { model, system: 'You help a team.', messages: [{ role: 'user', from, text }], tools }
}

export async function collect(parts: AsyncIterable<ModelPart>): Promise<ModelPart[]> {
  const all: ModelPart[] = []
  for await (const part of parts) all.push(part)
  return all
}

export function said(parts: readonly ModelPart[]): string {
  return parts.map((part) => (part.type === 'text' ? part.text : '')).join('')
}

const ABORTED = { type: 'error', fault: { code: 'ABORTED', retryable: false, detail: expect.any(String) } }
const never = () => new AbortController().signal

/** The rules that every model follows, whoever makes it. */
export function modelContract(name: string, make: () => Promise<ModelHarness>): void {
  describe(`model contract: ${name}`, () => {
    let model: ModelHarness
    beforeEach(async () => {
      model = await make()
    })
    afterEach(() => model.close())

    it('[M1] ends with exactly one finish or error, and nothing follows', async () => {
      const parts = await collect(model.port.stream(model.answers.call, never()))
      const ends = parts.filter(({ type }) => type === 'finish' || type === 'error')
      expect(ends).toEqual([expect.objectContaining({ type: 'finish', finish: 'stop' })])
      expect(parts.at(-1)).toBe(ends[0])
    })

    it('[M2] the text parts join to the answer; none is empty or holds half a character', async () => {
      const parts = await collect(model.port.stream(model.answers.call, never()))
      expect(said(parts)).toBe(model.answers.text)
      for (const part of parts) {
        if (part.type === 'text')
          expect([part.text.length > 0, part.text.isWellFormed()]).toEqual([true, true])
      }
    })

    it('[M3] a finish tells the tokens as whole numbers', async () => {
      const end = (await collect(model.port.stream(model.answers.call, never()))).at(-1)
      expect(end?.type === 'finish' && Object.values(end.usage ?? {}).every(Number.isInteger)).toBe(true)
      expect(end).toMatchObject({
        usage: { inputTokens: expect.any(Number), outputTokens: expect.any(Number) },
      })
    })

    it('[M4] one stream is one request', async () => {
      await collect(model.port.stream(model.answers.call, never()))
      expect(model.requests?.() ?? 1).toBe(1)
    })

    it('[M5] aborted before it starts: ABORTED alone, and no request', async () => {
      expect(await collect(model.port.stream(model.answers.call, AbortSignal.abort()))).toEqual([ABORTED])
      expect(model.requests?.() ?? 0).toBe(0)
    })

    it('[M6] aborted midway: ABORTED at once, and nothing after', async () => {
      const { port, call, released } = model.endless
      const abort = new AbortController()
      const parts = port.stream(call, abort.signal)[Symbol.asyncIterator]()
      expect((await parts.next()).value).toMatchObject({ type: 'text' })
      const pending = parts.next()
      abort.abort()
      const after = [await pending, await parts.next(), await parts.next()].map(({ value }) => value)
      expect(after.filter((part) => part !== undefined && part.type !== 'text')).toEqual([ABORTED])
      await released
    })

    it('[M7] who stops reading lets go of the provider', async () => {
      const { port, call, released } = model.endless
      for await (const part of port.stream(call, never())) if (part.type === 'text') break
      await released
    })

    it('[M8] a model it does not have: MODEL_UNKNOWN, not to be tried again, and no request', async () => {
      const parts = await collect(model.port.stream({ ...model.answers.call, model: 'no/such' }, never()))
      expect(parts).toMatchObject([{ type: 'error', fault: { code: 'MODEL_UNKNOWN', retryable: false } }])
      expect(model.requests?.() ?? 0).toBe(0)
    })

    it('[M9] a tool call is handed over, not run', async () => {
      const parts = await collect(model.port.stream(model.callsTool, never()))
      expect(parts.filter(({ type }) => type === 'tool-call')).toEqual([
        { type: 'tool-call', tool: 'lookup', args: { key: 'a' } },
      ])
      expect(parts.at(-1)).toMatchObject({ type: 'finish', finish: 'tool-calls' })
      expect(model.requests?.() ?? 1).toBe(1)
    })

    it('[M10] leaves the call as it was', async () => {
      const call = frozen({ ...model.answers.call, tools: [LOOKUP] })
      expect(said(await collect(model.port.stream(call, never())))).toBe(model.answers.text)
      const later = frozen(afterCalls(model.callsTwo))
      expect(said(await collect(model.port.stream(later, never())))).toBe(model.answersResults)
    })

    it('[M11] streams at the same time do not mix', async () => {
      const all = [1, 2, 3].map(() => collect(model.port.stream(model.answers.call, never())))
      expect((await Promise.all(all)).map(said)).toEqual(Array(3).fill(model.answers.text))
    })

    it('[M12] prints nothing', async () => {
      const prints = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(process, 'emitWarning')]
      await collect(model.port.stream(model.answers.call, never()))
      for (const print of prints) expect(print).not.toHaveBeenCalled()
      vi.restoreAllMocks()
    })

    it('[M13] the calls of one step come in their order, each under the name that was offered', async () => {
      const parts = await collect(model.port.stream(model.callsTwo, never()))
      expect(parts.filter(({ type }) => type === 'tool-call')).toEqual([
        { type: 'tool-call', tool: 'web.fetch', args: { url: 'u' } },
        { type: 'tool-call', tool: 'lookup', args: { key: 'a' } },
      ])
      expect(parts.at(-1)).toMatchObject({ type: 'finish', finish: 'tool-calls' })
      expect(model.requests?.() ?? 1).toBe(1)
    })

    it('[M14] the results of a step are answered by the next', async () => {
      const parts = await collect(model.port.stream(afterCalls(model.callsTwo), never()))
      expect(said(parts)).toBe(model.answersResults)
      expect(parts.at(-1)).toMatchObject({ type: 'finish', finish: 'stop' })
      expect(model.requests?.() ?? 1).toBe(1)
    })
  })
}

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(frozen)
  return Object.freeze(value)
}
