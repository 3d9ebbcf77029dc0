import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../kit/clock.ts'
import { ask, said } from './model.ts'
import { begin, callTool, failMidway, filtered, handOver, open, say } from './model-frames.ts'
import { faultOf, outcome, SECRET, stepAt, useServers } from './model-servers.ts'
import { modelAt, WaitsClock, WIRES, type Wire } from './model-wire.ts'

const { serve } = useServers()

/** How each provider says in the middle of a stream that it has too much to do. */
const BUSY: Record<Wire, string> = {
  responses: 'server_is_overloaded',
  chat: 'rate_limit_exceeded',
  anthropic: 'overloaded_error',
}

describe.each(WIRES)('faults within a stream, %s', (wire) => {
  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after-ms': '1500' }, 1500],
    [{ 'retry-after': new Date(1_030_000).toUTCString() }, 30_000],
  ])('[F16] a busy provider that says %o is told with its %i ms', async (headers, wait) => {
    for (const status of [429, 529]) {
      const server = await serve((res) => {
        res.writeHead(status, { 'content-type': 'application/json', ...headers })
        res.end(JSON.stringify({ error: { message: 'later', type: 'rate_limit_error' } }))
      })
      const { fault } = await outcome(wire, server.url, new ManualClock(1_000_000))
      expect(fault).toMatchObject({ code: 'PROVIDER_BUSY', retryAfter: wait })
      expect(server.requests).toBe(1)
    }
  })

  it('[F17] a stream of status 200 that says it is overloaded is PROVIDER_BUSY, at its start and after text', async () => {
    for (const text of ['', 'One']) {
      const server = await serve((res) => {
        if (text === '') res.writeHead(200, { 'content-type': 'text/event-stream' })
        else begin(res, wire, text)
        failMidway(res, wire, 'Overloaded', BUSY[wire])
        say(res, wire, 'two')
        res.end()
      })
      const { text: heard, fault } = await outcome(wire, server.url)
      expect([heard, fault.code, fault.retryable]).toEqual([text, 'PROVIDER_BUSY', true])
      expect(server.requests).toBe(1)
    }
  })

  it.each(['data: {"what":"salary\n\n', 'data: {"what":"salary"}\n\n', 'data: [1]\n\n'])(
    '[F18] an event that is not of the wire format, %j, is PROVIDER_CUT, and nothing after it is read',
    async (event) => {
      const server = await serve((res) => {
        begin(res, wire, 'One')
        res.write(event)
        say(res, wire, 'two')
        handOver(res, wire)
      })
      const { text, fault } = await outcome(wire, server.url)
      expect([text, fault.code]).toEqual(['One', 'PROVIDER_CUT'])
      expect(fault.detail).not.toContain('salary')
    },
  )

  it('[F19] an answer that the provider filtered is one that ended, with the text that came', async () => {
    const server = await serve((res) => {
      begin(res, wire, 'One')
      filtered(res, wire)
    })
    const parts = await stepAt(wire, server.url)
    expect(said(parts)).toBe('One')
    expect(parts.at(-1)).toMatchObject({ type: 'finish', finish: 'content-filter' })
  })

  it('[F20] a tool call that an error or a cut follows ends as that fault: the attempt commits nothing', async () => {
    const endings: [(res: ServerResponse) => void, string][] = [
      [(res) => failMidway(res, wire, SECRET), 'PROVIDER_UNAVAILABLE'],
      [(res) => res.socket?.end(), 'PROVIDER_CUT'],
      [(res) => res.end(), 'PROVIDER_CUT'],
    ]
    for (const [end, code] of endings) {
      const server = await serve((res) => {
        begin(res, wire, 'One')
        callTool(res, wire, 'lookup', '{"key":"a"}')
        end(res)
        if (!res.writableEnded) handOver(res, wire)
      })
      const parts = await stepAt(wire, server.url)
      // Chat completions do not say that a call is complete: there it is held back until the end.
      if (wire !== 'chat') expect(parts[1]).toMatchObject({ type: 'tool-call', args: { key: 'a' } })
      const ends = parts.filter(({ type }) => type === 'finish' || type === 'error')
      expect(ends.length).toBe(1)
      expect(faultOf(ends[0]).code).toBe(code)
    }
  })

  it('[F21] a step that goes on for 20 min is PROVIDER_TIMEOUT, though tokens keep coming', async () => {
    const clock = new WaitsClock()
    let more = () => {}
    const server = await serve((res) => {
      open(res, wire)
      more = () => say(res, wire, 'on ')
      more()
    })
    const { port, id } = modelAt(wire, server.url, clock)
    const parts = port.stream(ask(id, SECRET), new AbortController().signal)[Symbol.asyncIterator]()
    expect((await parts.next()).value).toEqual({ type: 'text', text: 'on ' })
    for (let second = 0; second < 1_200; second += 20) {
      const next = parts.next()
      clock.advance(20_000)
      more()
      if (second < 1_180) expect((await next).value).toEqual({ type: 'text', text: 'on ' })
      else expect(faultOf((await next).value).code).toBe('PROVIDER_TIMEOUT')
    }
    expect((await parts.next()).done).toBe(true)
    await server.released
  })
})
