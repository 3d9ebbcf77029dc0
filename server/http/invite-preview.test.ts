import { ColloquyError } from '@colloquy/shared'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AppOptions } from './app.ts'
import { type Edge, INVITE, openEdge, PREVIEW } from './edge.fixture.ts'

async function edgeWith(options: Partial<AppOptions> = {}): Promise<Edge> {
  const edge = await openEdge(options)
  onTestFinished(async () => {
    await edge.app.close()
  })
  return edge
}
const url = `/api/v1/sessions/s1/invites/${INVITE}`

describe('looking at an invite', () => {
  it('[H45] whoever has the code sees what it leads to, signed in or not', async () => {
    const edge = await edgeWith()
    for (const who of [null, 'zoe', 'ann']) {
      expect(await edge.ask(who, { url })).toMatchObject({ status: 200, body: PREVIEW })
    }
    expect([edge.executed, [...edge.people.keys()]]).toEqual([[], ['zoe', 'ann']])
    const headers = { authorization: 'Bearer a.b.c' }
    expect((await edge.ask(null, { url, headers })).status).toBe(401)
  })

  it('[H46] an unknown invite and one of an unknown session are 404 alike; lapsed ones have their codes', async () => {
    const edge = await edgeWith()
    const unknown = await edge.ask(null, { url: url.replace(INVITE, 'BBBBBBBBBBBBBBBBBBBBBB') })
    expect(unknown).toMatchObject({ status: 404, code: 'NOT_FOUND' })
    expect(await edge.ask(null, { url: url.replace('s1', 's2') })).toEqual(unknown)
    for (const code of ['INVITE_EXPIRED', 'INVITE_SPENT'] as const) {
      edge.fail(new ColloquyError(code, 'Because.'))
      expect(await edge.ask(null, { url })).toMatchObject({ status: 409, code })
    }
    expect((await edge.ask(null, { url: `${url}.` })).code).toBe('MALFORMED')
    expect((await edge.ask(null, { url: `${url}?x=1` })).code).toBe('MALFORMED')
  })

  it('[H47] guesses without a credential are counted as strictly as accepting', async () => {
    const edge = await edgeWith({ limits: { guestsPerMinute: 2 } })
    const statuses: number[] = []
    for (const who of [null, null, null, 'zoe']) statuses.push((await edge.ask(who, { url })).status)
    expect(statuses).toEqual([200, 200, 429, 200])
  })
})
