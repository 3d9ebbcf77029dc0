import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { z } from 'zod'
import type { Tool } from '../tools/tool.ts'
import { type Edge, openEdge } from './edge.fixture.ts'

let edge: Edge
let tools: Tool[]
beforeEach(async () => {
  const fetch = {
    name: 'web.fetch',
    description: 'x',
    effect: 'read',
    replay: 'safe',
    input: z.strictObject({}),
  }
  tools = [{ ...fetch, audience: () => 'everyone', run: async () => null } as Tool]
  edge = await openEdge({ tools: () => tools })
})
afterEach(() => edge.app.close())

const set = (who: string | null, tool: string, given: object = {}) =>
  edge.ask(who, {
    ...{ method: 'PUT', url: `/api/v1/tools/${tool}/grant` },
    payload: { commandId: randomUUID(), use: 'everyone', approve: 'everyone', ...given },
  })
const list = (who: string) => edge.ask(who, { url: '/api/v1/tools/grants' })

it('[GR12] admins say who may use a tool and allow its calls, of people and groups that need not be there yet', async () => {
  const grant = { use: ['group:crew', 'ann'], approve: ['bo', 'bo'] }
  const kept = { tool: 'web.fetch', use: ['ann', 'group:crew'], approve: ['bo'] }
  expect(await set('root', 'web.fetch', grant)).toMatchObject({ status: 200, body: kept })
  expect((await list('root')).body).toEqual({ grants: [kept] })
})

it('[GR12] nobody else sets or sees them, or learns what tools there are', async () => {
  expect((await set('ann', 'web.fetch')).code).toBe('FORBIDDEN')
  expect(await set('ann', 'nothing')).toEqual(await set('ann', 'web.fetch'))
  expect((await list('ann')).code).toBe('FORBIDDEN')
  expect((await set(null, 'web.fetch')).code).toBe('UNAUTHENTICATED')
})

it('[GR12] a tool that the server does not have is refused, unless it is only away', async () => {
  const unknown = {
    code: 'MALFORMED',
    details: [{ path: 'params/name', message: 'is no tool of this server' }],
  }
  expect((await set('root', 'web.fetsh')).body).toMatchObject({ error: unknown })
  expect((await set('root', 'constructor')).code).toBe('MALFORMED')
  await set('root', 'web.fetch')
  tools = []
  expect((await set('root', 'web.fetch', { use: [] })).body).toMatchObject({ use: [] })
})

it('[GR12] what has not its shape is refused and changes nothing', async () => {
  for (const given of [
    { use: 'all' },
    { use: Array(201).fill('a') },
    { approve: [''] },
    { commandId: 1 },
    { x: 1 },
  ])
    expect((await set('root', 'web.fetch', given)).code).toBe('MALFORMED')
  expect((await list('root')).body).toEqual({ grants: [] })
})
