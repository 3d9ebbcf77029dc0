import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import { SignJWT } from 'jose'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AppOptions } from './app.ts'
import { C1, type Edge, INVITE, NOW, openEdge, PREVIEW, SECRET } from './edge.fixture.ts'

const DAY = 86_400_000
/** What the cookie is called where people come by https. */
const COOKIE = '__Host-colloquy'
const OWN = { origin: 'https://team.example' }
const me = '/api/v1/me'
const create = { method: 'POST', url: '/api/v1/sessions', payload: { commandId: C1 } } as const

async function edgeWith(options: Partial<AppOptions> = {}): Promise<Edge> {
  const edge = await openEdge(options)
  onTestFinished(async () => {
    await edge.app.close()
  })
  return edge
}

/** A token of the issuer's. */
function foreign(claims: object = {}): Promise<string> {
  const payload = { sub: 'ann', iss: 'colloquy', aud: 'colloquy', exp: NOW / 1000 + 3600, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(SECRET))
}

async function signIn(edge: Edge, token?: string, headers: object = OWN): Promise<LightMyRequestResponse> {
  const authorization = `Bearer ${token ?? (await foreign())}`
  return edge.app.inject({ method: 'POST', url: '/api/v1/cookie', headers: { authorization, ...headers } })
}

async function cookie(edge: Edge): Promise<string> {
  const value = (await signIn(edge)).cookies[0]?.value
  if (value === undefined) throw new Error('no cookie')
  return value
}

/** Asks as a browser that holds the cookie. */
async function by(edge: Edge, value: string, { headers, ...request }: InjectOptions) {
  const answer = await edge.app.inject({ ...request, headers: { cookie: `${COOKIE}=${value}`, ...headers } })
  const code = answer.statusCode < 400 ? null : answer.json<{ error: { code: string } }>().error.code
  return {
    status: answer.statusCode,
    code,
    body: answer.json<object>(),
    drops: answer.cookies[0]?.value === '',
  }
}

describe('signing in by the cookie', () => {
  it('[H48] a token becomes a cookie that no script sees and no other site’s form carries', async () => {
    const edge = await edgeWith()
    const answer = await signIn(edge)
    expect([answer.statusCode, answer.json()]).toEqual([200, { ok: true }])
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-colloquy=eyJ[\w.-]+; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax$/,
    )
    expect(answer.headers['cache-control']).toBe('no-store')
    const plain = await edgeWith({ publicUrl: 'http://127.0.0.1:4455' })
    const local = await signIn(plain, undefined, { origin: 'http://127.0.0.1:4455' })
    expect(local.headers['set-cookie']).toMatch(/^colloquy=eyJ.+ Path=\/; HttpOnly; SameSite=Lax$/)
  })

  it('[H69] by https no neighbour’s page and no plain connection can set it: the name says so', async () => {
    const edge = await edgeWith()
    const value = await cookie(edge)
    expect((await signIn(edge)).cookies[0]).toMatchObject({ name: COOKIE, secure: true, path: '/' })
    const planted = await edge.app.inject({ url: me, headers: { cookie: `colloquy=${value}` } })
    expect(planted.statusCode).toBe(401)
    const described = (await edge.app.inject('/openapi.json')).json<{ components: object }>()
    expect(JSON.stringify(described.components)).toContain(COOKIE)
  })

  it('[H49] it is the server’s own token, for the same person, and ends with the token it came from', async () => {
    const edge = await edgeWith()
    const claims = { name: 'Ann', groups: ['g'], admin: true, iat: NOW / 1000 - 9 }
    for (const [seconds, kept] of [
      [3600, 3_600_000],
      [90 * 86_400, 30 * DAY],
    ] as const) {
      const token = await foreign({ ...claims, exp: NOW / 1000 + seconds })
      const [set] = (await signIn(edge, token)).cookies
      expect(set?.maxAge).toBe(kept / 1000)
      expect(
        JSON.parse(String(Buffer.from(String(set?.value).split('.')[0] ?? '', 'base64url'))),
      ).toMatchObject({
        kid: 'own',
      })
      expect(await edge.identity.identify(`Bearer ${set?.value}`)).toEqual({
        ...{ userId: 'ann', name: 'Ann', groups: ['g'], admin: true, expiresAt: NOW + kept },
        issuedAt: NOW - 9000,
      })
    }
    const bulky = await foreign({ groups: Array.from({ length: 400 }, (_, i) => `group number ${i}`) })
    const refused = await signIn(edge, bulky)
    expect([refused.statusCode, refused.headers['set-cookie']]).toEqual([413, undefined])
  })

  it('[H50] it needs a token that holds, and makes no new one of itself', async () => {
    const edge = await edgeWith()
    expect((await edge.ask(null, { method: 'POST', url: '/api/v1/cookie' })).code).toBe('UNAUTHENTICATED')
    expect((await signIn(edge, 'a.b.c')).statusCode).toBe(401)
    const renewing = { method: 'POST', url: '/api/v1/cookie', headers: OWN } as const
    expect((await by(edge, await cookie(edge), renewing)).code).toBe('UNAUTHENTICATED')
    const payload = { commandId: C1 }
    expect((await edge.ask('ann', { method: 'POST', url: '/api/v1/cookie', payload })).code).toBe('MALFORMED')
    expect((await edge.ask('ann', { method: 'POST', url: '/api/v1/cookie', payload: {} })).status).toBe(200)
  })

  it('[H51] another site, an embedding one too, can neither set nor take it', async () => {
    const edge = await edgeWith({ embedOrigins: ['https://app.example'] })
    const value = await cookie(edge)
    for (const origin of ['https://app.example', 'https://evil.example', 'null']) {
      const refused = await signIn(edge, undefined, { origin })
      expect([refused.statusCode, refused.headers['set-cookie']], origin).toEqual([403, undefined])
      const drop = { method: 'DELETE', url: '/api/v1/cookie', headers: { origin } } as const
      expect(await by(edge, value, drop), origin).toMatchObject({ code: 'ORIGIN_REFUSED', drops: false })
      expect((await edge.ask(null, drop)).code, origin).toBe('ORIGIN_REFUSED')
    }
  })
})

describe('acting by the cookie', () => {
  it('[H52] it reads, and acts for pages of this server', async () => {
    const edge = await edgeWith()
    const value = await cookie(edge)
    expect((await by(edge, value, { url: me })).body).toMatchObject({ userId: 'ann' })
    for (const headers of [OWN, { origin: 'http://localhost:4455', host: 'localhost:4455' }]) {
      expect((await by(edge, value, { ...create, headers })).status).toBe(200)
    }
  })

  it('[H53] a mutation without an Origin, or from any other page, is refused', async () => {
    const edge = await edgeWith({ embedOrigins: ['https://app.example'] })
    const value = await cookie(edge)
    const pages = [
      {},
      { origin: 'https://app.example' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ]
    const requests: InjectOptions[] = [
      create,
      { method: 'POST', url: `/api/v1/sessions/s1/invites/${INVITE}/accept`, payload: { commandId: C1 } },
      { method: 'POST', url: '/api/v1/tickets', payload: { sessionId: 's1' } },
      { method: 'DELETE', url: `/api/v1/sessions/s1/prompts/p1?commandId=${C1}` },
      { method: 'PUT', url: '/api/v1/workspace', payload: { commandId: C1 } },
      { method: 'POST', url: '/api/v1/cookie' },
      { method: 'DELETE', url: '/api/v1/cookie' },
    ]
    for (const request of requests) {
      for (const headers of pages) {
        const answer = await by(edge, value, { ...request, headers })
        expect([answer.status, answer.code], JSON.stringify([request.url, headers])).toEqual([
          403,
          'ORIGIN_REFUSED',
        ])
      }
    }
    expect([edge.executed, edge.tickets]).toEqual([[], []])
  })

  it('[H54] a read that another site caused is nobody’s, and the cookie stays', async () => {
    const edge = await edgeWith()
    const value = await cookie(edge)
    const headers = { 'sec-fetch-site': 'cross-site' }
    expect(await by(edge, value, { url: me, headers })).toMatchObject({
      code: 'UNAUTHENTICATED',
      drops: false,
    })
    const invite = `/api/v1/sessions/s1/invites/${INVITE}`
    expect((await by(edge, value, { url: invite, headers })).body).toEqual(PREVIEW)
    expect([...edge.people.keys()]).toEqual(['ann'])
    for (const site of ['same-origin', 'none']) {
      expect((await by(edge, value, { url: me, headers: { 'sec-fetch-site': site } })).status).toBe(200)
    }
  })

  it('[H55] a header wins over it, a wrong one too', async () => {
    const edge = await edgeWith()
    const headers = { cookie: `${COOKIE}=${await cookie(edge)}` }
    expect((await edge.ask('bo', { url: me, headers })).body).toMatchObject({ userId: 'bo' })
    expect((await edge.ask('bo', { ...create, headers })).status).toBe(200)
    for (const authorization of ['Bearer a.b.c', '']) {
      const wrong = await edge.ask(null, { url: me, headers: { ...headers, authorization } })
      expect(wrong.code).toBe('UNAUTHENTICATED')
    }
  })

  it('[H56] one that was tampered with or lapsed proves nothing, even where none is needed, and is taken away', async () => {
    const edge = await edgeWith()
    const value = await cookie(edge)
    const [head, payload, signature] = value.split('.')
    const other = Buffer.from('{"sub":"root","admin":true,"exp":9999999999}').toString('base64url')
    const lapsed = await edge.identity.issueToken(
      { userId: 'ann', name: 'Ann', groups: [], admin: false },
      -1000,
    )
    const tampered = [`${head}.${other}.${signature}`, `${head}.${payload}.AAAA`, 'x', '', '%zz', lapsed]
    const accept = `/api/v1/sessions/s1/invites/${INVITE}/accept`
    for (const wrong of tampered) {
      for (const request of [
        { url: me },
        { ...create, headers: OWN },
        { method: 'POST', url: accept, headers: OWN, payload: { commandId: C1 } } as const,
      ]) {
        const refused = { status: 401, code: 'UNAUTHENTICATED', drops: true }
        expect(await by(edge, wrong, request), wrong).toMatchObject(refused)
      }
    }
    expect(edge.executed).toEqual([])
  })

  it('[H57] signing out takes it away, whatever it holds', async () => {
    const edge = await edgeWith()
    const drop = { method: 'DELETE', url: '/api/v1/cookie', headers: OWN } as const
    for (const value of [await cookie(edge), 'x']) {
      expect(await by(edge, value, drop)).toMatchObject({ status: 200, body: { ok: true }, drops: true })
    }
    const answer = await edge.app.inject(drop)
    expect(answer.headers['set-cookie']).toMatch(
      /^__Host-colloquy=; Max-Age=0; Path=\/; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Secure; SameSite=Lax$/,
    )
  })

  it('[H63] a request that is meant for another person than the cookie’s is refused, and nothing is done', async () => {
    const edge = await edgeWith()
    const value = await cookie(edge)
    const meant = (userId: string) => ({ ...OWN, 'colloquy-user': encodeURIComponent(userId) })
    expect((await by(edge, value, { ...create, headers: meant('ann') })).status).toBe(200)
    const before = edge.executed.length
    for (const request of [
      create,
      { method: 'POST', url: '/api/v1/tickets', payload: { sessionId: 's1' } },
    ]) {
      const refused = await by(edge, value, { ...(request as InjectOptions), headers: meant('bo') })
      expect(refused).toMatchObject({ status: 401, code: 'IDENTITY_CHANGED', drops: false })
    }
    expect([edge.executed.length, edge.tickets]).toEqual([before, []])
    // Who brings a token says by it who they are.
    expect((await edge.ask('ann', { url: me, headers: { 'colloquy-user': 'bo' } })).status).toBe(200)
  })

  it('[H58] embedding sites never read by it, and it is in no log', async () => {
    const edge = await edgeWith({ embedOrigins: ['https://app.example'] })
    const value = await cookie(edge)
    for (const [method, url] of [
      ['GET', me],
      ['OPTIONS', '/api/v1/cookie'],
    ] as const) {
      const headers = {
        ...{ cookie: `${COOKIE}=${value}`, origin: 'https://app.example' },
        'access-control-request-method': 'POST',
      }
      const answer = await edge.app.inject({ method, url, headers })
      expect(answer.headers['access-control-allow-origin']).toBe('https://app.example')
      expect(answer.headers['access-control-allow-credentials']).toBeUndefined()
    }
    edge.fail(new Error('boom'))
    expect((await by(edge, value, { ...create, headers: OWN })).status).toBe(500)
    const headers = { cookie: `${COOKIE}=${value}`, 'set-cookie': `${COOKIE}=${value}` }
    edge.app.log.info({ req: headers, res: headers, cookies: { [COOKIE]: value } }, 'careless')
    edge.app.log.info({ headers, ...headers }, 'careless')
    expect(edge.log()).toContain('careless')
    expect(edge.log()).not.toContain('eyJ')
  })
})
