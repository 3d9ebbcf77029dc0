import { openWorkspace } from '@colloquy/client/team'
import type { Role } from '@colloquy/shared'
import { auditAnswer } from '@colloquy/shared/audit-answer'
import { describe, expect, it } from 'vitest'
import { principal } from '../kit/people.ts'
import { TestServer } from '../kit/server.ts'

const HOUR = 3_600_000
const workspaceOf = (server: TestServer, userId: string) =>
  openWorkspace({ url: server.url, auth: () => server.token(userId) })
const codeOf = (error: { code?: string }) => error.code
const invite = (server: TestServer, who: string, id: string, role: Role, uses = 1, expiresIn = HOUR) =>
  server.json(who, 'POST', `/sessions/${id}/invites`, { role, uses, expiresIn })

describe('the invites of a session', () => {
  it('[I38] are listed while they let somebody in, and no answer holds a code', async () => {
    const server = await TestServer.start()
    const id = await server.session({ mo: 'moderator', bo: 'prompter' })
    const spent = await invite(server, 'ana', id, 'viewer')
    const open = await invite(server, 'mo', id, 'prompter', 2)
    await server.json('cy', 'POST', `/sessions/${id}/invites/${spent.code}/accept`, {})
    await server.json('di', 'POST', `/sessions/${id}/invites/${open.code}/accept`, {})
    const answer = await server.json('mo', 'GET', `/sessions/${id}/invites`)
    expect(answer.invites).toEqual([
      {
        ...{ inviteId: expect.any(String), role: 'prompter', by: { id: 'mo', name: 'mo' }, usesLeft: 1 },
        ...{ at: expect.any(Number), expiresAt: open.expiresAt },
      },
    ])
    for (const { code } of [spent, open]) expect(JSON.stringify(answer)).not.toContain(code)
    // Its maker may no longer make it.
    await server.json('ana', 'PUT', `/sessions/${id}/members/mo`, { role: 'prompter' })
    expect((await server.json('ana', 'GET', `/sessions/${id}/invites`)).invites).toEqual([])
    expect(await server.refusal('bo', 'GET', `/sessions/${id}/invites`)).toBe('403 FORBIDDEN')
    expect(await server.refusal('xi', 'GET', `/sessions/${id}/invites`)).toBe('404 NOT_FOUND')
  })

  it('[I39] one that a moderator ends lets nobody in, now and after a restart', async () => {
    const server = await TestServer.start()
    const id = await server.session({ mo: 'moderator', bo: 'prompter' })
    const { code } = await invite(server, 'ana', id, 'viewer', 9)
    const { invites, revokeInvite } = workspaceOf(server, 'mo').manage(id)
    const [{ inviteId } = { inviteId: '' }] = await invites()
    const path = `/sessions/${id}/invites/${inviteId}`
    expect(await server.refusal('bo', 'DELETE', path)).toBe('403 FORBIDDEN')
    expect(await server.refusal('xi', 'DELETE', path)).toBe('404 NOT_FOUND')
    expect(await server.refusal('mo', 'DELETE', `/sessions/${id}/invites/none`)).toBe('404 NOT_FOUND')
    // The id is no code.
    expect(await server.refusal('xi', 'POST', `${path}/accept`, {})).toBe('404 NOT_FOUND')
    await revokeInvite(inviteId)
    await revokeInvite(inviteId)
    expect(await invites()).toEqual([])
    await server.restart()
    const accept = `/sessions/${id}/invites/${code}/accept`
    expect(await server.refusal('xi', 'POST', accept, {})).toBe('409 INVITE_EXPIRED')
    expect(await server.refusal(null, 'GET', `/sessions/${id}/invites/${code}`)).toBe('409 INVITE_EXPIRED')
  })
})

it('[I40] admins, and nobody else, see who is in the workspace: groups as the newest token says, guests as such', async () => {
  const server = await TestServer.start()
  const id = await server.session()
  const { code } = await invite(server, 'ana', id, 'viewer')
  await server.json(null, 'POST', `/sessions/${id}/invites/${code}/accept`, { name: 'Gil' })
  const as = (claims: object) => {
    const token = server.issue({ ...principal('bo'), ...claims })
    return openWorkspace({ url: server.url, auth: () => token })
  }
  await as({ groups: ['ops'] }).me()
  const people = await as({ groups: ['ops', 'sec'], admin: true, issuedAt: Date.now() + 1 }).people()
  expect(people).toEqual([
    { id: 'ana', name: 'ana', admin: false, guest: false, groups: [] },
    { id: 'bo', name: 'bo', admin: true, guest: false, groups: ['ops', 'sec'] },
    { id: expect.stringMatching(/^guest_/), name: 'Gil', admin: false, guest: true, groups: [] },
  ])
  expect(await server.refusal('ana', 'GET', '/people')).toBe('403 FORBIDDEN')
  expect(await server.refusal(null, 'GET', '/people')).toBe('401 UNAUTHENTICATED')
})

it('[C48] the package sets grants, members and policies, and exports', async () => {
  const server = await TestServer.start()
  const id = await server.session({ bo: 'prompter' })
  const admin = server.issue({ ...principal('ana'), admin: true })
  const workspace = openWorkspace({ url: server.url, auth: () => admin })
  await workspace.setGrant('notes.append', { use: ['ana'], approve: 'everyone' })
  expect(await workspace.grants()).toEqual([{ tool: 'notes.append', use: ['ana'], approve: 'everyone' }])
  await expect(workspace.setGrant('none', { use: [], approve: [] })).rejects.toMatchObject({
    code: 'MALFORMED',
  })

  const session = workspace.manage(id)
  await session.setMember('bo', 'moderator')
  await session.setMember('cy', 'viewer')
  await session.setPolicy({ withoutTools: ['web.fetch'] })
  await session.removeMember('cy')
  expect(await server.json('bo', 'GET', `/sessions/${id}`)).toMatchObject({
    ...{ role: 'moderator', withoutTools: ['web.fetch'] },
    members: [{ userId: 'ana' }, { userId: 'bo' }],
  })
  expect(await session.leave().catch(codeOf)).toBe('LAST_OWNER')
  await workspaceOf(server, 'bo').manage(id).leave()
  expect(await server.refusal('bo', 'GET', `/sessions/${id}`)).toBe('404 NOT_FOUND')
  expect(await session.exportAs('md')).toContain('# Test')
  expect(JSON.parse(await session.exportAs('json'))).toMatchObject({ session: { id } })
})

describe('the audit of a session', () => {
  it('[LR38] tells an owner what was done, newest first, in pages, without a word that anybody wrote', async () => {
    const server = await TestServer.start()
    const id = await server.session({ bo: 'prompter' })
    const client = server.connect('bo', id)
    await client.ready
    const { finished, promptId } = await client.prompt('/tool notes.list {}')
    const question = (await finished).message
    await server.json('bo', 'DELETE', `/sessions/${id}/messages/${question?.id}`)
    const { audit, rename } = workspaceOf(server, 'ana').manage(id)
    await rename('Pineapple')
    const { items, before, elsewhere } = auditAnswer.parse(await audit())
    expect(before).toBeNull()
    expect(elsewhere).toEqual([])
    expect(items.map(({ type }) => type).slice(0, 2)).toEqual(['session.renamed', 'entry.retracted'])
    expect(items.at(-1)).toMatchObject({ type: 'session.created', by: { id: 'ana', name: 'ana' } })
    const asked = items.find(({ type }) => type === 'prompt.accepted')
    expect(asked).toMatchObject({ laneId: 'main', promptId, by: { id: 'bo', name: 'bo' } })
    expect(items.find(({ type }) => type === 'turn.ended')).toMatchObject({ promptId, end: 'done' })
    const said = JSON.stringify(items)
    for (const word of ['Pineapple', 'Test', '/tool']) expect(said).not.toContain(word)
    for (const who of ['bo', 'xi'])
      expect(await server.refusal(who, 'GET', `/sessions/${id}/audit`)).toBe(
        who === 'bo' ? '403 FORBIDDEN' : '404 NOT_FOUND',
      )
  })

  it('[LR39] tells of tool calls what was asked for, decided and done', async () => {
    const server = await TestServer.start()
    const id = await server.session()
    const client = server.connect('ana', id)
    await client.ready
    const { finished } = await client.prompt('/tool notes.append {"name":"plan","text":"walnut"}')
    const waiting = Promise.withResolvers<{ turnId: string; callId: string; argsHash: string }>()
    client.subscribe(({ messages }) => {
      const { metadata, parts = [] } = messages.at(-1) ?? {}
      for (const part of parts)
        if (metadata && part.type === 'dynamic-tool' && part.state === 'approval-requested')
          waiting.resolve({
            ...{ turnId: metadata.turnId, callId: part.toolCallId, argsHash: part.toolMetadata.argsHash },
          })
    })
    const call = await waiting.promise
    await client.allowCall(call)
    await finished
    const { items } = await workspaceOf(server, 'ana').manage(id).audit()
    const { turnId, callId, argsHash } = call
    const place = { turnId, callId, laneId: 'main' }
    expect(items.filter(({ type }) => type.startsWith('tool.'))).toMatchObject([
      { type: 'tool.settled', ...place, outcome: 'ok', by: { id: 'ana' } },
      { type: 'tool.approval', ...place, decision: 'allowed', by: { id: 'ana' } },
      { type: 'tool.intent', ...place, tool: 'notes.append', effect: 'write', argsHash, approver: 'author' },
    ])
    expect(JSON.stringify(items)).not.toContain('walnut')
  })
})
