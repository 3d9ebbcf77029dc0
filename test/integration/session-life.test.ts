import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Session, Snapshot } from '@colloquy/client'
import { describe, expect, it } from 'vitest'
import { foreignClient } from '../kit/foreign.ts'
import { TestServer } from '../kit/server.ts'
import { textOf } from '../kit/text.ts'
import { asServed, ended, until } from '../kit/until.ts'

describe('what waits', () => {
  it('[D4] its author edits, moves and withdraws it; it runs as it stands then', async () => {
    const { server, ana, id } = await slowSession()
    const running = await ana.prompt('/write 400')
    const one = await ana.prompt('one')
    const two = await ana.prompt('two')
    const three = await ana.prompt('three')
    await one.edit('one, better')
    await three.move(one.promptId)
    await two.withdraw()
    await expect(two.edit('late')).rejects.toMatchObject({ code: 'PROMPT_NOT_PENDING' })
    const { queue } = await until(ana, (now) => now.queue.length === 2 && now.queue[0]?.text === 'three')
    expect(queue.map(({ text }) => text)).toEqual(['three', 'one, better'])
    await stop(ana)
    expect((await two.finished).end).toBe('withdrawn')
    expect((await running.finished).end).toBe('cancelled')
    for (let n = 0; n < 2; n++) await stop(ana)
    await Promise.all([one.finished, three.finished])
    expect(asked(ana)).toEqual(['/write 400', 'three', 'one, better'])
    expect(await server.json('ana', 'GET', `/sessions/${id}/prompts/${two.promptId}`)).toMatchObject({
      end: 'withdrawn',
    })
  })

  it('[D5] another person’s prompt is theirs, unless a moderator moves it', async () => {
    const { server, ana, id } = await slowSession()
    const bo = server.connect('bo', id)
    await ana.prompt('/write 400')
    const mine = await ana.prompt('mine')
    const his = await bo.prompt('his')
    await expect(
      server.refusal('bo', 'PATCH', `/sessions/${id}/prompts/${mine.promptId}`, { text: 'x' }),
    ).resolves.toBe('403 FORBIDDEN')
    await expect(server.refusal('bo', 'DELETE', `/sessions/${id}/prompts/${mine.promptId}`)).resolves.toBe(
      '403 FORBIDDEN',
    )
    await expect(
      server.refusal('bo', 'POST', `/sessions/${id}/prompts/${mine.promptId}/move`, { before: null }),
    ).resolves.toBe('403 FORBIDDEN')
    expect((await until(ana, (now) => now.queue.length === 2)).queue.map(({ text }) => text)).toEqual([
      'his',
      'mine',
    ])
    await mine.move(his.promptId)
    await until(bo, (now) => now.queue[0]?.text === 'mine')
    for (let n = 0; n < 3; n++) await stop(ana)
  })
})

describe('what runs', () => {
  it('[D6] stopping keeps what was said, marked as cancelled, and nothing is added later', async () => {
    const { ana } = await slowSession()
    const prompt = await ana.prompt('/write 400')
    await until(ana, (now) => textOf(now.messages.at(-1)).length > 10)
    await stop(ana)
    const { end, message } = await prompt.finished
    expect(end).toBe('cancelled')
    expect(message?.metadata.reason).toBe('STOPPED_BY_AUTHOR')
    expect(textOf(message).length).toBeGreaterThan(10)
    const next = await ana.prompt('/echo')
    const echoed = await until(
      ana,
      (now) => textOf(now.messages.at(-1)).length > 100 || ended(now).length === 2,
    )
    // What a stopped answer had said is in no view.
    expect(JSON.stringify(echoed.messages.at(-1)?.parts)).not.toContain(textOf(message).slice(0, 10))
    await stop(ana).catch(() => undefined)
    await next.finished
  })

  it('[D7] a removed member’s running turn ends as revoked and their waiting prompts leave', async () => {
    const { server, ana, id } = await slowSession()
    const bo = server.connect('bo', id)
    await bo.ready
    await bo.prompt('/write 400')
    await bo.prompt('next')
    await until(ana, (now) => now.queue.length === 1 && now.messages.at(-1)?.parts.length === 1)
    await server.json('ana', 'DELETE', `/sessions/${id}/members/bo`)
    const { messages } = await until(ana, (now) => now.turn === null && now.queue.length === 0)
    expect(messages.at(-1)?.metadata.status).toBe('revoked')
    // What everybody has seen of it stays.
    expect(textOf(messages.at(-1))).not.toBe('')
    expect((await until(bo, ({ connection }) => connection.state === 'ended')).connection.reason).toBe(
      'REVOKED',
    )
  })
})

describe('what was said', () => {
  it('[D8] a retracted message is gone from docs, pages, exports, views and the disk', async () => {
    const server = await TestServer.start()
    const id = await server.session({ bo: 'prompter' })
    const ana = server.connect('ana', id)
    const secret = 'hunter2-the-pasted-secret'
    await (await ana.prompt(`my password is ${secret}`)).finished
    await (await ana.prompt('something else')).finished
    const { messages } = await until(ana, (now) => ended(now).length === 2)
    const about = messages.filter((message) => textOf(message).includes(secret))
    expect(about.length).toBeGreaterThan(1)
    expect(await server.refusal('bo', 'DELETE', `/sessions/${id}/messages/${about[0]?.id}`)).toBe(
      '403 FORBIDDEN',
    )
    for (const { id: messageId } of about) await ana.retract(messageId)

    const shown = await until(ana, (now) => !JSON.stringify(now.messages).includes(secret))
    expect(shown.messages.map(({ metadata }) => metadata.seq)).toEqual([1, 2, 3, 4])
    expect(shown.messages[0]?.metadata.retractedAt).toBeGreaterThan(0)
    const { message } = await (await ana.prompt('/echo')).finished
    expect(JSON.stringify(message)).not.toContain(secret)
    const exported = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    expect(JSON.stringify(exported)).not.toContain(secret)
    for (const file of await readdir(server.data)) {
      expect((await readFile(join(server.data, file))).includes(secret)).toBe(false)
    }
    expect(await server.refusal('ana', 'DELETE', `/sessions/${id}/messages/${about[0]?.id}`)).toBe(
      '409 ALREADY_RETRACTED',
    )
  })

  it('[R7] a lane rolls to its next segment under open clients; older messages are pages', async () => {
    const server = await TestServer.start({ limits: { segmentMessages: 20, segmentCarry: 6 } })
    const id = await server.session()
    const ana = server.connect('ana', id)
    const reader = await foreignClient(server, 'ana', id)
    reader.connect()
    await reader.synced
    for (let n = 0; n < 25; n++) await (await ana.prompt(`question ${n}`)).finished
    expect(await reader.closed).toBe(4410)
    const { messages } = await until(
      ana,
      (now) => now.messages.at(-1)?.metadata.seq === 50 && now.turn === null,
    )
    expect(messages.length).toBeLessThan(20)
    const seqs: number[] = messages.map(({ metadata }) => metadata.seq)
    let before: number | null = seqs[0] ?? 1
    while (before !== null) {
      const page: Page = await server.json(
        'ana',
        'GET',
        `/sessions/${id}/lanes/main/messages?before=${before}`,
      )
      seqs.unshift(...page.messages.map(({ metadata }) => metadata.seq))
      before = page.before
    }
    expect(seqs).toEqual(Array.from({ length: 50 }, (_, i) => i + 1))
    const older = await ana.older()
    expect(older.messages.at(-1)?.metadata.seq).toBe((messages[0]?.metadata.seq ?? 1) - 1)
    await server.restart()
    const { messages: exported } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    expect(exported.length).toBe(50)
    expect(exported.slice(-messages.length)).toEqual(asServed(messages))
  })

  it('[R9] stopping in good order and starting again: everything is there, and clients go on by themselves', async () => {
    const server = await TestServer.start()
    const id = await server.session()
    const ana = server.connect('ana', id)
    await (await ana.prompt('before')).finished
    const before = await until(ana, (now) => ended(now).length === 1)
    await server.restart()
    const after = await (await ana.prompt('after')).finished
    expect(after.end).toBe('done')
    expect(ana.snapshot().messages.slice(0, 2)).toEqual(before.messages)
    expect((await server.json('ana', 'GET', '/sessions')).sessions.map((s: { id: string }) => s.id)).toEqual([
      id,
    ])
  })
})

describe('who is in', () => {
  it('[D9] an invite lets a new person in, as often as it says and until it expires', async () => {
    const server = await TestServer.start()
    const id = await server.session()
    const { code } = await server.json('ana', 'POST', `/sessions/${id}/invites`, {
      role: 'prompter',
      uses: 1,
      expiresIn: 60_000,
    })
    const accepted = await server.json(null, 'POST', `/sessions/${id}/invites/${code}/accept`, {
      name: 'Dee',
    })
    expect(accepted).toMatchObject({ sessionId: id, role: 'prompter' })
    const dee = server.connect(accepted.userId, id, { auth: () => accepted.token })
    expect((await (await dee.prompt('hello')).finished).end).toBe('done')
    expect(dee.snapshot().messages[0]?.metadata.author).toEqual({ id: accepted.userId, name: 'Dee' })
    expect(
      await server.refusal(null, 'POST', `/sessions/${id}/invites/${code}/accept`, { name: 'Eve' }),
    ).toBe('409 INVITE_SPENT')
    expect(await server.refusal('eve', 'POST', `/sessions/${id}/invites/unknown/accept`, {})).toBe(
      '404 NOT_FOUND',
    )
    expect(await server.refusal('ana', 'DELETE', `/sessions/${id}/members/ana`)).toBe('409 LAST_OWNER')
  })

  it('[R10] everybody sees at once who is in and as what, also who has never opened the session', async () => {
    const server = await TestServer.start()
    const id = await server.session({ bo: 'prompter' })
    const [ana, bo] = [server.connect('ana', id), server.connect('bo', id)]
    await Promise.all([ana.ready, bo.ready])
    const roles = ({ members }: Snapshot) => members.map((member) => `${member.id} ${member.role}`).join()
    await server.json('ana', 'PUT', `/sessions/${id}/members/cy`, { role: 'prompter' })
    for (const each of [ana, bo]) {
      await until(each, (now) => roles(now) === 'ana owner,bo prompter,cy prompter')
    }
    await server.json('ana', 'PUT', `/sessions/${id}/members/bo`, { role: 'viewer' })
    await until(bo, (now) => now.me?.role === 'viewer')
    await expect(bo.prompt('too late')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await server.json('ana', 'DELETE', `/sessions/${id}/members/cy`)
    for (const each of [ana, bo]) await until(each, (now) => roles(now) === 'ana owner,bo viewer')
    await server.restart()
    await until(ana, (now) => now.connection.state === 'live')
    expect(roles(ana.snapshot())).toBe('ana owner,bo viewer')
  })
})

interface Page {
  messages: { metadata: { seq: number } }[]
  before: number | null
}

async function slowSession() {
  const server = await TestServer.start({ tps: 50 })
  const id = await server.session({ bo: 'prompter' })
  const ana = server.connect('ana', id)
  await ana.ready
  return { server, ana, id }
}

/** Stops the running turn, once there is one. */
async function stop(session: Session): Promise<void> {
  const { turn } = await until(session, (now) => now.turn !== null)
  if (!turn) return
  await session.cancel(turn.turnId)
  await until(session, (now) => now.turn?.turnId !== turn.turnId)
}

function asked(session: Session): (string | undefined)[] {
  return session.snapshot().messages.flatMap((message) => (message.role === 'user' ? [textOf(message)] : []))
}
