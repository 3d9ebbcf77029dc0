import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { C1, C2, type Edge, NOW, openEdge } from './edge.fixture.ts'

let edge: Edge
beforeEach(async () => {
  edge = await openEdge()
})
afterEach(() => edge.app.close())

const url = '/api/v1/workspace'
const put = (who: string | null, payload: object) => edge.ask(who, { method: 'PUT', url, payload })
const models = ['offline', 'openai/gpt-5']

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
  it('[H43] everybody signed in reads its name and models, admins its text too', async () => {
    await put('root', { commandId: C1, name: 'Boatyard', systemText: 'We build boats.' })
    expect((await edge.ask('ann', { url })).body).toEqual({ name: 'Boatyard', models })
    expect((await edge.ask('root', { url })).body).toEqual({
      ...{ name: 'Boatyard', models, systemText: 'We build boats.' },
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
      ...{ name: 'Boatyard', models, systemText: '' },
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
    ]) {
      expect((await put('root', payload)).code, JSON.stringify(payload).slice(0, 80)).toBe('MALFORMED')
    }
    expect((await edge.ask('root', { url })).body).toEqual({ name: 'Colloquy', models, systemText: '' })
  })
})
