import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Tool } from '../tools/tool.ts'
import { C1, C2, type Edge, NOW, openEdge } from './edge.fixture.ts'

const tool = (name: string, more: object = {}): Tool => ({
  ...{ name, description: `what ${name} does`, effect: 'read', replay: 'safe', input: z.strictObject({}) },
  ...{ audience: () => 'everyone', run: async () => null, ...more },
})
const write = { effect: 'write', approver: 'author', description: 'x'.repeat(5000) }

let edge: Edge
let all: Tool[]
beforeEach(async () => {
  all = [tool('web.fetch'), tool('notes.append', write)]
  edge = await openEdge({ tools: () => all })
})
afterEach(() => edge.app.close())

const url = '/api/v1/workspace'
const put = (who: string | null, payload: object) => edge.ask(who, { method: 'PUT', url, payload })
const models = ['offline', 'openai/gpt-5']
const tools = [
  { name: 'notes.append', description: 'x'.repeat(4000), effect: 'write', approver: 'author' },
  { name: 'web.fetch', description: 'what web.fetch does', effect: 'read' },
]

describe('me', () => {
  it('[H42] the caller is told who they are and until when; nobody else is told anything', async () => {
    expect((await edge.ask('ann', { url: '/api/v1/me' })).body).toEqual({
      ...{ userId: 'ann', name: 'ann', admin: false, guest: false, expiresAt: NOW + 60_000 },
    })
    expect((await edge.ask('root', { url: '/api/v1/me' })).body).toMatchObject({ admin: true })
    expect((await edge.ask(null, { url: '/api/v1/me' })).code).toBe('UNAUTHENTICATED')
    expect((await edge.ask('ann', { url: '/api/v1/me?x=1' })).code).toBe('MALFORMED')
  })
})

describe('the workspace', () => {
  it('[H43] everybody signed in reads its name, models and tools, admins its text too', async () => {
    await put('root', { commandId: C1, name: 'Boatyard', systemText: 'We build boats.' })
    expect((await edge.ask('ann', { url })).body).toEqual({ name: 'Boatyard', models, tools })
    expect((await edge.ask('root', { url })).body).toEqual({
      ...{ name: 'Boatyard', models, tools, systemText: 'We build boats.', allTools: tools, pinned: null },
    })
    expect((await edge.ask(null, { url })).code).toBe('UNAUTHENTICATED')
  })

  it('[H44] admins change it, once for a command; others are refused and change nothing', async () => {
    expect(await put('ann', { commandId: C1, name: 'Mine' })).toMatchObject({
      status: 403,
      code: 'FORBIDDEN',
    })
    expect((await put(null, { commandId: C1, name: 'Mine' })).status).toBe(401)
    expect((await put('root', { commandId: C1, name: ' Boatyard ' })).body).toEqual({
      ...{ name: 'Boatyard', models, tools, systemText: '', allTools: tools, pinned: null },
    })
    await put('root', { commandId: C2, name: 'Shipyard' })
    expect((await put('root', { commandId: C1, name: 'Boatyard' })).body).toMatchObject({ name: 'Boatyard' })
    expect((await edge.ask('ann', { url })).body).toMatchObject({ name: 'Shipyard' })
    expect((await put('root', { commandId: C1, name: 'Other' })).code).toBe('COMMAND_REUSED')
  })

  it('[H44] what has not its shape is refused', async () => {
    for (const payload of [
      { name: 'Boatyard' },
      { commandId: C1, name: '' },
      { commandId: C1, name: 'a\u202eb' },
      { commandId: C1, name: 7 },
      { commandId: C1, systemText: 'x'.repeat(16_001) },
      { commandId: C1, systemText: '\ud800' },
      { commandId: C1, models: [] },
      { commandId: C1, tools: 'web.fetch' },
      { commandId: C1, tools: Array(201).fill('web.fetch') },
    ]) {
      expect((await put('root', payload)).code, JSON.stringify(payload).slice(0, 80)).toBe('MALFORMED')
    }
    expect((await edge.ask('root', { url })).body).toEqual({
      name: 'Colloquy',
      models,
      tools,
      systemText: '',
      allTools: tools,
      pinned: null,
    })
  })

  it('[H70] an admin says which of the tools turns offer; who asks sees those', async () => {
    expect((await put('root', { commandId: C1, tools: ['web.fetch'] })).body).toMatchObject({
      tools: [{ name: 'web.fetch' }],
    })
    expect((await edge.ask('ann', { url })).body).toMatchObject({ tools: tools.slice(1) })
    expect((await edge.ask('root', { url })).body).toMatchObject({ allTools: tools, pinned: ['web.fetch'] })
    expect((await put('ann', { commandId: C2, tools: [] })).code).toBe('FORBIDDEN')
    expect((await put('root', { commandId: C2, tools: [] })).body).toMatchObject({ tools: [] })
    expect((await put('root', { commandId: C1, tools: ['web.fetch'] })).body).toMatchObject({
      tools: [{ name: 'web.fetch' }],
    })
    expect((await edge.ask('ann', { url })).body).toMatchObject({ tools: [] })
    expect(
      (await put('root', { commandId: '33333333-3333-4333-8333-333333333333', tools: null })).body,
    ).toMatchObject({ tools })
  })

  it('[H71] a name that no tool has is refused, and told where it stands; one that is pinned may be away', async () => {
    const tools = ['web.fetch', 'web.fetsh', 'constructor']
    expect(await put('root', { commandId: C1, tools })).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'MALFORMED',
          details: [
            { path: 'body/tools/1', message: 'is no tool of this server' },
            { path: 'body/tools/2', message: 'is no tool of this server' },
          ],
        },
      },
    })
    expect((await put('ann', { commandId: C1, tools })).code).toBe('FORBIDDEN')
    await put('root', { commandId: C1, tools: ['web.fetch'] })
    all = all.slice(1)
    expect((await put('root', { commandId: C2, tools: ['web.fetch', 'notes.append'] })).status).toBe(200)
    expect((await edge.ask('ann', { url })).body).toMatchObject({ tools: [{ name: 'notes.append' }] })
    expect((await edge.ask('root', { url })).body).toMatchObject({
      ...{ allTools: [{ name: 'notes.append' }], pinned: ['web.fetch', 'notes.append'] },
    })
  })
})
