import { createServer } from 'node:http'
import { SignJWT } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AppOptions } from './app.ts'
import { C1, type Edge, NOW, openEdge, SECRET } from './edge.fixture.ts'

async function edgeWith(options: Partial<AppOptions> = {}): Promise<Edge> {
  const edge = await openEdge(options)
  onTestFinished(async () => {
    await edge.app.close()
  })
  return edge
}
const create = { method: 'POST', url: '/api/v1/sessions', payload: { commandId: C1 } } as const

describe('origins', () => {
  const embedOrigins = ['https://app.example', 'https://wiki.example:8443/']

  it('[H24] a mutation from a foreign page is refused, before anything else', async () => {
    const edge = await edgeWith({ embedOrigins })
    const foreign = [
      'https://evil.example',
      'null',
      'https://app.example.evil.example',
      'http://app.example',
      'file://',
    ]
    for (const origin of [...foreign, 'https://team.example.evil.example', 'https://app.example/', '']) {
      for (const who of ['ann', null]) {
        expect(await edge.ask(who, { ...create, headers: { origin } }), origin).toMatchObject({
          status: 403,
          code: 'ORIGIN_REFUSED',
        })
      }
    }
  })

  it('[H25] the same host, the public URL and embedding sites may act; so may a client without a page', async () => {
    const edge = await edgeWith({ embedOrigins })
    const own = ['https://team.example', 'https://app.example', 'https://wiki.example:8443']
    for (const origin of [...own, 'http://localhost', 'https://localhost']) {
      const headers = { origin, host: 'Localhost' }
      expect((await edge.ask('ann', { ...create, headers })).status, origin).toBe(200)
    }
    expect((await edge.ask('ann', create)).status).toBe(200)
    const other = { origin: 'http://localhost:3000', host: 'localhost:4455' }
    expect((await edge.ask('ann', { ...create, headers: other })).status).toBe(403)
  })

  it('[H26] only embedding sites may read answers across origins', async () => {
    const edge = await edgeWith({ embedOrigins })
    const preflight = { 'access-control-request-method': 'POST' }
    for (const [origin, allowed] of [
      ['https://app.example', true],
      ['https://wiki.example:8443', true],
      ['https://team.example', false],
      ['https://evil.example', false],
    ] as const) {
      const read = await edge.app.inject({ url: '/api/v1/sessions', headers: { origin } })
      expect(read.headers['access-control-allow-origin']).toBe(allowed ? origin : undefined)
      expect(read.headers['access-control-allow-credentials']).toBeUndefined()
      expect(read.headers.vary).toContain('Origin')
      const asked = await edge.app.inject({
        method: 'OPTIONS',
        url: create.url,
        headers: { origin, ...preflight },
      })
      expect(asked.statusCode).toBe(allowed ? 204 : 404)
      expect(asked.headers['access-control-allow-headers']).toBe(
        allowed ? 'authorization, content-type' : undefined,
      )
    }
  })

  it('[H27] a setting that is no origin is refused at start', async () => {
    await expect(openEdge({ embedOrigins: ['app.example'] })).rejects.toThrow()
    await expect(openEdge({ embedOrigins: ['data:text/html,x'] })).rejects.toThrow(/no web origin/)
  })
})

describe('headers', () => {
  it('[H28] the policy lets nothing foreign in, and frames only embedding sites', async () => {
    const base =
      "default-src 'self';img-src 'self' data:;connect-src 'self';object-src 'none';base-uri 'none';form-action 'self'"
    const plain = (await (await edgeWith({ publicUrl: 'http://127.0.0.1:4455' })).app.inject('/healthz'))
      .headers
    expect(plain['content-security-policy']).toBe(`${base};frame-ancestors 'none'`)
    expect(plain['x-frame-options']).toBe('DENY')
    expect(plain['x-content-type-options']).toBe('nosniff')
    expect(plain['referrer-policy']).toBe('same-origin')
    expect(plain['strict-transport-security']).toBeUndefined()
    const embedded = (
      await (await edgeWith({ embedOrigins: ['https://app.example'] })).app.inject('/healthz')
    ).headers
    expect(embedded['content-security-policy']).toBe(
      `${base};frame-ancestors https://app.example;upgrade-insecure-requests`,
    )
    expect(embedded['x-frame-options']).toBeUndefined()
    expect(embedded['strict-transport-security']).toBe('max-age=31536000')
  })

  it('[H29] no answer of the API is kept by a cache, refusals included', async () => {
    const edge = await edgeWith()
    for (const url of ['/api/v1/sessions', '/api/v1/nothing', '/api/v1/sessions/s2']) {
      expect((await edge.app.inject(url)).headers['cache-control'], url).toBe('no-store')
    }
    expect((await edge.app.inject('/api/v1/sessions')).headers['www-authenticate']).toBe('Bearer')
  })
})

describe('rate limits', () => {
  it('[H30] each person has their own count, and is told when to come back', async () => {
    const edge = await edgeWith({ limits: { requestsPerMinute: 3 } })
    const url = '/api/v1/sessions'
    for (let i = 0; i < 3; i++) expect((await edge.ask('ann', { url })).status).toBe(200)
    const over = await edge.ask('ann', { url })
    expect(over).toMatchObject({ status: 429, code: 'RATE_LIMITED' })
    expect((await edge.ask('bo', { url })).status).toBe(200)
  })

  it('[H31] guesses without a credential are counted by address, health checks never', async () => {
    const edge = await edgeWith({ limits: { requestsPerMinute: 3 } })
    const statuses: number[] = []
    for (let i = 0; i < 5; i++) {
      const headers = { authorization: 'Bearer a.b.c' }
      statuses.push((await edge.app.inject({ url: '/api/v1/sessions', headers })).statusCode)
    }
    expect(statuses).toEqual([401, 401, 401, 429, 429])
    expect((await edge.app.inject('/nothing')).statusCode).toBe(429)
    for (let i = 0; i < 9; i++) expect((await edge.app.inject('/healthz')).statusCode).toBe(200)
    expect((await edge.ask('ann', { url: '/api/v1/sessions' })).status).toBe(200)
  })

  it('[H66] behind a proxy visitors are counted apart, by what the proxy says and not by what they say', async () => {
    const limits = { requestsPerMinute: 1 }
    const visit = async (edge: Edge, forwarded: string) => {
      const headers = { 'x-forwarded-for': forwarded }
      return (await edge.app.inject({ url: '/api/v1/me', headers })).statusCode
    }
    const behind = await edgeWith({ limits, trustProxy: 1 })
    expect([await visit(behind, '10.0.0.1'), await visit(behind, '10.0.0.2')]).toEqual([401, 401])
    expect([await visit(behind, '10.0.0.9, 10.0.0.1'), await visit(behind, '10.0.0.2')]).toEqual([429, 429])
    const alone = await edgeWith({ limits })
    expect([await visit(alone, '10.0.0.1'), await visit(alone, '10.0.0.2')]).toEqual([401, 429])
  })

  it('[H32] becoming a new person by an invite is counted more strictly', async () => {
    const edge = await edgeWith({ limits: { guestsPerMinute: 2 } })
    const accept = (who: string | null) =>
      edge.ask(who, {
        method: 'POST',
        url: '/api/v1/sessions/s1/invites/abc/accept',
        payload: { commandId: C1 },
      })
    const statuses = [await accept(null), await accept(null), await accept(null), await accept('zoe')]
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429, 200])
  })
})

describe('credentials at the edge', () => {
  it('[H33] a foreign token works, and one that says it is the server’s own does not', async () => {
    const edge = await edgeWith()
    const signed = (header: object) =>
      new SignJWT({ sub: 'ann', iss: 'colloquy', aud: 'colloquy', exp: NOW / 1000 + 60 })
        .setProtectedHeader({ alg: 'HS256', ...header })
        .sign(new TextEncoder().encode(SECRET))
    const status = async (token: string) =>
      (await edge.app.inject({ url: '/api/v1/sessions', headers: { authorization: `Bearer ${token}` } }))
        .statusCode
    expect(await status(await signed({}))).toBe(200)
    expect(await status(await signed({ kid: 'own' }))).toBe(401)
    expect(edge.people.get('ann')?.name).toBe('ann')
  })

  it('[H34] no credential, code, ticket, query or word of a body is in the log', async () => {
    const edge = await edgeWith()
    const words = ['hunter2-text', 'hunter2-code', 'hunter2-query', 'hunter2-sig', 'hunter2-name']
    await edge.ask('ann', {
      method: 'POST',
      url: '/api/v1/sessions/s1/prompts',
      payload: { commandId: C1, text: words[0] },
    })
    await edge.ask(null, {
      method: 'POST',
      url: `/api/v1/sessions/s1/invites/${words[1]}/accept`,
      payload: { commandId: C1, name: words[4] },
    })
    const ticket = await edge.ask('ann', {
      method: 'POST',
      url: '/api/v1/tickets',
      payload: { sessionId: 's1' },
    })
    await edge.app.inject(`/api/v1/sessions?token=${words[2]}`)
    await edge.app.inject(`/sync/s1?ticket=${words[2]}`)
    await edge.app.inject(`/nothing/${words[1]}/%zz${words[1]}`)
    const bad = { authorization: `Bearer a.b.${words[3]}` }
    await edge.app.inject({ url: '/api/v1/sessions', headers: bad })
    edge.fail(new Error('boom'))
    await edge.ask('ann', { url: `/api/v1/sessions/s1?x=${words[2]}` })
    edge.app.log.info({ headers: bad, req: { headers: bad, url: words[2] }, token: words[3] }, 'careless')
    const log = edge.log()
    expect((ticket.body as { ticket: string }).ticket).toBe('secret-ticket')
    for (const word of [...words, 'secret-ticket', 'eyJ']) expect(log, word).not.toContain(word)
    expect(log).toContain('"route":"/api/v1/sessions/:id/invites/:code/accept","status":200')
    expect(log).toContain('careless')
  })
})

describe('connections', () => {
  it('[H68] a proxy may keep its connections; a request that does not get whole is given up', async () => {
    const server = createServer()
    await edgeWith({ server })
    expect([server.keepAliveTimeout, server.requestTimeout]).toEqual([72_000, 60_000])
  })
})

describe('health', () => {
  it('[H36] health is always told, readiness when the process takes work', async () => {
    let ready = false
    const edge = await edgeWith({ ready: () => ready })
    expect((await edge.ask(null, { url: '/healthz' })).body).toEqual({ ok: true })
    expect(await edge.ask(null, { url: '/readyz' })).toMatchObject({ status: 503, code: 'DRAINING' })
    ready = true
    expect((await edge.ask(null, { url: '/readyz' })).status).toBe(200)
  })
})
