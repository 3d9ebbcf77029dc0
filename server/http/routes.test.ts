import type { InjectOptions } from 'fastify'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { C1, C2, type Edge, NOW, openEdge } from './edge.fixture.ts'

let edge: Edge
beforeEach(async () => {
  edge = await openEdge()
  edge.people.set('auth0|bo', { userId: 'auth0|bo', name: 'Bo', groups: [], admin: false, issuedAt: 0 })
})
afterEach(() => edge.app.close())

const s1 = '/api/v1/sessions/s1'
const commands: [string, InjectOptions, object][] = [
  [
    'a prompt',
    {
      method: 'POST',
      url: `${s1}/prompts`,
      payload: { commandId: C1, text: 'Hi', audience: 'everyone', seenSeq: 3 },
    },
    { type: 'prompt.submit', text: 'Hi', audience: 'everyone', seenSeq: 3 },
  ],
  [
    'an edit',
    { method: 'PATCH', url: `${s1}/prompts/p1`, payload: { commandId: C1, text: 'Ho' } },
    { type: 'prompt.edit', promptId: 'p1', text: 'Ho' },
  ],
  [
    'a withdrawal',
    { method: 'DELETE', url: `${s1}/prompts/p1?commandId=${C1}` },
    { type: 'prompt.withdraw', promptId: 'p1' },
  ],
  [
    'a move',
    { method: 'POST', url: `${s1}/prompts/p1/move`, payload: { commandId: C1, before: null } },
    { type: 'prompt.move', promptId: 'p1', before: null },
  ],
  [
    'a stop',
    { method: 'POST', url: `${s1}/turns/t1/cancel`, payload: { commandId: C1 } },
    { type: 'turn.cancel', turnId: 't1' },
  ],
  [
    'consent',
    {
      ...{ method: 'POST', url: `${s1}/turns/t1/approvals/k1` },
      payload: { commandId: C1, decision: 'allow', argsHash: 'h' },
    },
    { type: 'call.decide', turnId: 't1', callId: 'k1', decision: 'allow', argsHash: 'h' },
  ],
  [
    'a change of a call',
    {
      ...{ method: 'POST', url: `${s1}/turns/t1/approvals/k1` },
      payload: { commandId: C1, decision: 'edit', argsHash: 'h', args: { n: 1 } },
    },
    { type: 'call.decide', turnId: 't1', callId: 'k1', decision: 'edit', argsHash: 'h', args: { n: 1 } },
  ],
  [
    'a share',
    { method: 'POST', url: `${s1}/messages/m1/share`, payload: { commandId: C1, audience: ['bo'] } },
    { type: 'message.share', messageId: 'm1', audience: ['bo'] },
  ],
  [
    'a policy',
    { method: 'PUT', url: `${s1}/policy`, payload: { commandId: C1, withoutTools: ['web.fetch'] } },
    { type: 'policy.set', withoutTools: ['web.fetch'] },
  ],
  [
    'an end to all of a member',
    { method: 'POST', url: `${s1}/members/bo/stop`, payload: { commandId: C1 } },
    { type: 'member.stop', userId: 'bo' },
  ],
  [
    'a retraction',
    { method: 'DELETE', url: `${s1}/messages/m1?commandId=${C1}` },
    { type: 'message.retract', messageId: 'm1' },
  ],
  [
    'a role',
    { method: 'PUT', url: `${s1}/members/auth0%7Cbo`, payload: { commandId: C1, role: 'viewer' } },
    { type: 'member.set', userId: 'auth0|bo', role: 'viewer', name: 'Bo' },
  ],
  [
    'a removal',
    { method: 'DELETE', url: `${s1}/members/bo?commandId=${C1}` },
    { type: 'member.remove', userId: 'bo' },
  ],
  [
    'leaving',
    { method: 'DELETE', url: `${s1}/members/me?commandId=${C1}` },
    { type: 'member.remove', userId: 'ann' },
  ],
]

describe('commands', () => {
  it.each(commands)('[H1] %s reaches the session as its author’s act', async (_name, request, command) => {
    const { status } = await edge.ask('ann', request)
    expect(status).toBe(request.url === `${s1}/prompts` ? 202 : 200)
    expect(edge.executed).toEqual([{ sessionId: 's1', who: 'ann', commandId: C1, command }])
  })

  it.each(commands)(
    '[H2] %s of a stranger, or in an unknown session, is 404 alike',
    async (_name, request) => {
      const unknown = await edge.ask('ann', { ...request, url: String(request.url).replace('s1', 's2') })
      expect(unknown.status).toBe(404)
      expect(await edge.ask('zoe', request)).toEqual(unknown)
      expect(edge.executed).toEqual([])
    },
  )

  it.each(commands)('[H3] %s without a credential is 401', async (_name, request) => {
    expect((await edge.ask(null, request)).code).toBe('UNAUTHENTICATED')
    expect(edge.executed).toEqual([])
  })
})

describe('reads', () => {
  const reads = [s1, `${s1}/prompts/p1`, `${s1}/lanes/main/messages?before=7`, `${s1}/export?format=json`]

  it('[H4] a member reads sessions, prompts, messages and the export', async () => {
    for (const url of ['/api/v1/sessions', ...reads])
      expect((await edge.ask('bo', { url })).status, url).toBe(200)
    expect((await edge.ask('ann', { url: `${s1}/prompts/p1` })).body).toEqual({
      promptId: 'p1',
      laneId: 'main',
      state: 'ended',
      end: 'done',
    })
  })

  it('[H5] a stranger cannot tell a session that exists from one that does not', async () => {
    for (const url of [...reads, `${s1}/export?format=md`]) {
      const unknown = await edge.ask('zoe', { url: url.replace('s1', 's2') })
      expect(unknown.status, url).toBe(404)
      expect(await edge.ask('zoe', { url }), url).toEqual(unknown)
    }
  })

  it('[H6] the export is readable markdown on request', async () => {
    const answer = await edge.app.inject({
      url: `${s1}/export?format=md`,
      headers: { authorization: `Bearer ${await token('ann')}` },
    })
    expect(answer.headers['content-type']).toBe('text/markdown; charset=utf-8')
    expect(answer.body).toContain('# Plans')
    expect(answer.body).toContain('## Ann (ann)')
    expect(answer.body).toContain('```text\nHello\n```')
    expect((await edge.ask('ann', { url: `${s1}/export` })).code).toBe('MALFORMED')
  })

  it('[H7] a new session answers as its maker sees it', async () => {
    const request = {
      method: 'POST',
      url: '/api/v1/sessions',
      payload: { commandId: C1, title: 'Plans' },
    } as const
    expect(await edge.ask('ann', request)).toMatchObject({ status: 200, body: { id: 's1', role: 'owner' } })
    expect((await edge.ask(null, request)).status).toBe(401)
  })
})

describe('tickets', () => {
  it('[H8] a member gets one for the Origin it asked from; a stranger is told nothing', async () => {
    const request = {
      method: 'POST',
      url: '/api/v1/tickets',
      payload: { sessionId: 's1' },
      headers: { origin: 'https://team.example' },
    } as const
    expect((await edge.ask('ann', request)).body).toEqual({
      ticket: 'secret-ticket',
      expiresAt: NOW + 60_000,
    })
    expect(edge.tickets).toEqual([{ who: 'ann', sessionId: 's1', origin: 'https://team.example' }])
    expect((await edge.ask('zoe', request)).code).toBe('NOT_FOUND')
    expect((await edge.ask('ann', { ...request, payload: { sessionId: 's2' } })).code).toBe('NOT_FOUND')
    expect(edge.tickets.length).toBe(1)
  })
})

describe('invites', () => {
  const makeInvite = { commandId: C1, role: 'prompter', expiresIn: 60_000, uses: 3 }
  const make = () => edge.ask('ann', { method: 'POST', url: `${s1}/invites`, payload: makeInvite })
  const accept = (payload: object, who: string | null = null, code = 'AAAAAAAAAAAAAAAAAAAAAA') =>
    edge.ask(who, { method: 'POST', url: `${s1}/invites/${code}/accept`, payload })

  it('[H9] the code is told to its maker, only its hash goes inwards, and a repeat answers the same', async () => {
    const first = await make()
    const { code, url, expiresAt } = first.body as { code: string; url: string; expiresAt: number }
    expect({ url, expiresAt }).toEqual({
      url: `https://team.example/#session=s1&invite=${code}`,
      expiresAt: NOW + 1000,
    })
    expect(JSON.stringify(edge.executed)).not.toContain(code)
    expect(await make()).toEqual(first)
    expect(edge.executed[1]).toEqual(edge.executed[0])
  })

  it('[H10] a person with a credential comes in as themselves and gets no other', async () => {
    const { body } = await accept({ commandId: C2, name: 'Other' }, 'zoe')
    expect(body).toEqual({ sessionId: 's1', userId: 'zoe', role: 'prompter' })
    expect(edge.executed[0]?.who).toBe('zoe')
  })

  it('[H11] without one, a new person is made whose token holds; the repeated command is the same person', async () => {
    const first = (await accept({ commandId: C2, name: ' Zoe ' })).body as { userId: string; token: string }
    expect(await edge.identity.identify(`Bearer ${first.token}`)).toMatchObject({
      userId: first.userId,
      name: 'Zoe',
    })
    expect(edge.people.get(first.userId)?.name).toBe('Zoe')
    expect((await accept({ commandId: C2, name: 'Zoe' })).body).toMatchObject({ userId: first.userId })
    expect((await accept({ commandId: C2, name: 'Eve' })).code).toBe('COMMAND_REUSED')
    const other = (await accept({ commandId: C1, name: 'Zoe' })).body as { userId: string }
    expect(other.userId).not.toBe(first.userId)
  })

  it('[H12] who was refused is no person, and a wrong credential is not taken for none', async () => {
    edge.fail(new Error('refused'))
    expect((await accept({ commandId: C2 })).status).toBe(500)
    expect([...edge.people.keys()]).toEqual(['auth0|bo'])
    const headers = { authorization: 'Bearer a.b.c' }
    const url = `${s1}/invites/abc/accept`
    expect((await edge.ask(null, { method: 'POST', url, headers, payload: { commandId: C2 } })).status).toBe(
      401,
    )
    expect(edge.executed).toEqual([])
  })
})

function token(userId: string): Promise<string> {
  return edge.identity.issueToken({ userId, name: userId, groups: [], admin: false }, 60_000)
}
