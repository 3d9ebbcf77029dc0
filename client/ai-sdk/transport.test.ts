import { readUIMessageStream, type UIMessage, type UIMessageChunk } from 'ai'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { settle } from '../test/clock.ts'
import { until, world } from '../test/kit.ts'
import { askingCall } from '../test/lane.ts'
import { refuse } from '../test/server.ts'
import type { Session } from '../types/index.ts'
import { SessionChatTransport } from './index.ts'

let w: ReturnType<typeof world>
let session: Session
let transport: SessionChatTransport
beforeEach(async () => {
  w = world()
  session = w.join()
  transport = new SessionChatTransport({ session })
  await session.ready
})
afterEach(() => w.closeAll())

const says = (text: string, id = 'u1'): UIMessage => ({ id, role: 'user', parts: [{ type: 'text', text }] })

async function send(text: string, more: Partial<Parameters<SessionChatTransport['sendMessages']>[0]> = {}) {
  return transport.sendMessages({
    ...{ trigger: 'submit-message', chatId: 'c', messageId: undefined, abortSignal: undefined },
    ...{ messages: [says(text)], ...more },
  })
}

async function all(stream: ReadableStream<UIMessageChunk>): Promise<UIMessageChunk[]> {
  const chunks: UIMessageChunk[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return chunks
}

/** What a chat shows in the end. */
async function shown(chunks: UIMessageChunk[], message?: UIMessage): Promise<UIMessage | undefined> {
  const stream = new ReadableStream<UIMessageChunk>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  let last: UIMessage | undefined
  for await (const state of readUIMessageStream({ stream, ...(message ? { message } : {}) })) last = state
  return last
}

const types = (chunks: UIMessageChunk[]) => chunks.map(({ type }) => type)
const ANSWER = { promptId: 'p-1', turnId: 't1', status: 'streaming' } as const

/** The server begins the answer to the first prompt, which says this. */
async function begin(...parts: Parameters<typeof w.server.lane.add>[1]): Promise<void> {
  w.server.lane.add(1, parts, ANSWER)
  await settle()
}

describe('the AI SDK’s transport', () => {
  it('[C53] streams the answer to the last message as it grows, each character once', async () => {
    const reading = all(await send('Draft it', { body: { audience: ['bo'], model: 'small' } }))
    await settle()
    expect(w.server.seen.at(-1)?.body).toBeDefined()
    expect(w.server.accepted).toMatchObject([{ text: 'Draft it', userId: 'ana' }])
    expect(w.server.seen.find(({ path }) => path.endsWith('/prompts'))?.body).toMatchObject({
      audience: ['bo'],
      model: 'small',
    })
    await begin('A ')
    const text = 'long text, '.repeat(500)
    for (let i = 0; i < text.length; i += 11) {
      w.server.lane.append(0, text.slice(i, i + 11))
      await settle()
    }
    w.server.lane.setStatus(0, 'done')
    const chunks = await reading
    expect(chunks.slice(0, 3)).toMatchObject([
      { type: 'start', messageId: 'm1', messageMetadata: { author: { name: 'Ana' } } },
      { type: 'start-step' },
      { type: 'text-start' },
    ])
    expect(types(chunks).slice(-4)).toEqual(['text-end', 'finish-step', 'message-metadata', 'finish'])
    const deltas = chunks.flatMap((chunk) => (chunk.type === 'text-delta' ? [chunk.delta] : []))
    expect(deltas.join('')).toBe(`A ${text}`)
    expect(deltas.length).toBeGreaterThan(100)
    expect(await shown(chunks)).toMatchObject({
      id: 'm1',
      metadata: { status: 'done' },
      parts: [{ type: 'step-start' }, { type: 'text', text: `A ${text}`, state: 'done' }],
    })
  })

  it('[C54] takes back what a superseded attempt had said, and nothing of the steps before it', async () => {
    const reading = all(await send('Look it up'))
    await settle()
    const { approval: _, ...call } = askingCall('c1', { effect: 'read' }) as { approval: unknown } & object
    await begin('Let me see.', { ...call, state: 'input-available' } as never)
    w.server.lane.setCall(0, 'c1', { state: 'output-available', output: { n: 1 } })
    w.server.lane.push(0, 'It is o')
    await settle()
    w.server.lane.text(0).delete(0, 7)
    w.server.lane.text(0).insert(0, 'The number is one.')
    await settle()
    w.server.lane.setStatus(0, 'done')
    const chunks = await reading
    expect(types(chunks)).toContain('reset-step')
    const message = await shown(chunks)
    expect(message?.parts.map((part) => (part.type === 'text' ? part.text : part.type))).toEqual([
      ...['step-start', 'Let me see.', 'dynamic-tool', 'step-start', 'The number is one.'],
    ])
    expect(message?.parts[2]).toMatchObject({ toolCallId: 'c1', state: 'output-available', output: { n: 1 } })
  })

  it('[C55] a call that waits for one’s consent ends the stream; the answer to it goes to the server, and on it goes', async () => {
    const reading = all(await send('Note it'))
    await settle()
    await begin('I note it.', askingCall('c1'), { ...askingCall('c2'), state: 'input-available' } as never)
    const chunks = await reading
    expect(chunks.at(-1)).toEqual({ type: 'finish', finishReason: 'tool-calls' })
    const asking = await shown(chunks)
    // The second call has not begun: the chat would wait for it, too.
    expect(asking?.parts.slice(1)).toMatchObject([
      { type: 'text', text: 'I note it.' },
      { type: 'dynamic-tool', state: 'approval-requested', approval: { id: 'c1' }, providerExecuted: true },
    ])
    const decided = structuredClone(asking) as UIMessage
    Object.assign(decided.parts[2] ?? {}, {
      state: 'approval-responded',
      approval: { id: 'c1', approved: true },
    })
    const rest = all(await send('', { messages: [says('Note it'), decided], messageId: decided.id }))
    await settle()
    expect(w.server.seen.findLast(({ method }) => method === 'POST')).toMatchObject({
      path: '/sessions/launch/turns/t1/approvals/c1',
      body: { decision: 'allow', argsHash: 'hash-c1' },
    })
    w.server.lane.setCall(0, 'c1', {
      state: 'output-available',
      output: 'ok',
      approval: { id: 'c1', approved: true },
    })
    w.server.lane.setCall(0, 'c2', { state: 'output-error', errorText: 'no' })
    w.server.lane.push(0, 'Done.')
    w.server.lane.setStatus(0, 'done')
    const after = await rest
    expect(types(after).filter((type) => type === 'tool-input-available')).toHaveLength(1)
    const message = await shown(after, decided)
    expect(message?.parts.filter(({ type }) => type !== 'step-start')).toMatchObject([
      { text: 'I note it.' },
      { toolCallId: 'c1', state: 'output-available', output: 'ok' },
      { toolCallId: 'c2', state: 'output-error', errorText: 'no' },
      { text: 'Done.' },
    ])
    await expect(send('', { messages: [says('Note it'), decided] })).rejects.toMatchObject({
      code: 'CALL_DECIDED',
    })
  })

  it('[C55] a call that waits for somebody else does not: it is shown, and the stream goes on', async () => {
    w.server.setRole('ana', 'prompter')
    await until(session, () => true)
    session.close()
    session = w.join()
    transport = new SessionChatTransport({ session })
    await session.ready
    const reading = all(await send('Deploy'))
    await settle()
    await begin(askingCall('c1', { approver: 'moderator' }))
    w.server.lane.setCall(0, 'c1', { state: 'output-denied', approval: { id: 'c1', approved: false } })
    w.server.lane.setStatus(0, 'done')
    expect((await shown(await reading))?.parts[1]).toMatchObject({
      state: 'output-denied',
      approval: { id: 'c1', approved: false },
    })
  })

  it('[C56] says in words how it ended', async () => {
    const ends: Record<string, object> = {
      failed: { type: 'error', errorText: 'The answer failed.' },
      revoked: { type: 'error', errorText: 'The answer was ended.' },
      denied: { type: 'error', errorText: 'The answer was refused.' },
      cancelled: { type: 'abort', reason: 'The answer was stopped.' },
    }
    let n = 0
    for (const [status, last] of Object.entries(ends)) {
      const reading = all(await send(status))
      await settle()
      w.server.lane.add(++n, ['half'], { ...ANSWER, promptId: `p-${n}`, id: `m${n}` })
      await settle()
      w.server.lane.setStatus(n - 1, status)
      const chunks = await reading
      expect(chunks.at(-1)).toEqual(last)
      expect(types(chunks).slice(-4, -1)).toEqual(['text-end', 'finish-step', 'message-metadata'])
    }
    w.server.override = ({ path }) => (path.endsWith('/prompts') ? refuse('QUEUE_FULL') : undefined)
    await expect(all(await send('one too many'))).rejects.toMatchObject({ code: 'QUEUE_FULL' })
    await expect(
      send('', {
        messages: [
          { id: 'u', role: 'user', parts: [{ type: 'file', url: 'data:,', mediaType: 'text/plain' }] },
        ],
      }),
    ).rejects.toMatchObject({ code: 'MALFORMED' })
  })

  it('[C57] stopping stops the answer, withdraws what waits, and drops what was not sent', async () => {
    const acts = () =>
      w.server.seen
        .filter(({ method }) => method !== 'GET')
        .map(({ method, path }) => `${method} ${path.replace(/\?.*/, '')}`)
    const waiting = new AbortController()
    const first = all(await send('waits', { abortSignal: waiting.signal }))
    await settle()
    waiting.abort()
    expect(await first).toEqual([{ type: 'abort', reason: 'The answer was stopped: its author stopped it.' }])
    await settle()
    expect(acts().at(-1)).toBe('DELETE /sessions/launch/prompts/p-1')

    const running = new AbortController()
    const second = all(await send('runs', { abortSignal: running.signal }))
    await settle()
    w.server.lane.add(1, ['so far'], { ...ANSWER, promptId: 'p-2', turnId: 't2' })
    await settle()
    running.abort()
    expect(types(await second).at(-1)).toBe('abort')
    await settle()
    expect(acts().at(-1)).toBe('POST /sessions/launch/turns/t2/cancel')

    w.server.override = () => 'lost'
    const unsent = new AbortController()
    const third = all(await send('never sent', { abortSignal: unsent.signal }))
    await settle()
    expect(session.snapshot().outbox).toHaveLength(1)
    unsent.abort()
    await third
    await settle()
    expect(session.snapshot().outbox).toEqual([])
  })

  it('[C57] one that begins just while it is withdrawn is stopped', async () => {
    const stop = new AbortController()
    const reading = all(await send('late', { abortSignal: stop.signal }))
    await settle()
    w.server.override = ({ method }) => (method === 'DELETE' ? refuse('PROMPT_NOT_PENDING') : undefined)
    stop.abort()
    await reading
    await settle()
    await begin('')
    await settle()
    expect(w.server.count('POST', /turns\/t1\/cancel/)).toBe(1)
  })

  it('[C58] resumes one’s own answer from its beginning, and nobody else’s', async () => {
    expect(await transport.reconnectToStream()).toBeNull()
    w.server.lane.add(1, ['of Bo'], { status: 'streaming', author: { id: 'bo', name: 'Bo' } })
    await settle()
    expect(await transport.reconnectToStream()).toBeNull()
    w.server.lane.add(2, ['of A'], { status: 'streaming' })
    await settle()
    const stream = await transport.reconnectToStream()
    if (!stream) throw new Error('there is an answer')
    const reading = all(stream)
    w.server.lane.append(1, 'na')
    w.server.lane.setStatus(1, 'done')
    expect(await shown(await reading)).toMatchObject({ id: 'm2', parts: [{}, { text: 'of Ana' }] })
  })

  it('[C58] an answer that goes on among fewer readers is one answer', async () => {
    const reading = all(await send('What did we decide?'))
    await settle()
    await begin('Let me look.')
    w.server.states.set('p-1', { promptId: 'p-1', laneId: 'l1', state: 'running' })
    const narrower = w.server.addLane('l1', ['ana', 'bo'])
    w.server.lane.setStatus(0, 'narrowed')
    narrower.add(1, ['Only you two know.'], { ...ANSWER, id: 'n1', after: 1, continues: 'm1' })
    w.server.tellOfLanes()
    await settle()
    await until(session, ({ unfinished }) => unfinished.some(({ id }) => id === 'n1'))
    narrower.setStatus(0, 'done')
    const chunks = await reading
    expect((await shown(chunks))?.parts.flatMap((part) => (part.type === 'text' ? [part.text] : []))).toEqual(
      [...['Let me look.', 'Only you two know.']],
    )
    expect(types(chunks).filter((type) => type === 'start')).toHaveLength(1)
  })

  it('[C59] asks anew for the same answer when the chat regenerates it', async () => {
    const first = all(await send('Draft it'))
    await settle()
    await begin('First.')
    w.server.lane.setStatus(0, 'done')
    await first
    w.server.override = ({ path }) =>
      path.endsWith('/regenerate')
        ? Response.json({ promptId: 'p-9', laneId: 'main', position: 1 }, { status: 202 })
        : undefined
    const again = all(await send('Draft it', { trigger: 'regenerate-message', body: { model: 'large' } }))
    await settle()
    expect(w.server.seen.findLast(({ path }) => path.includes('/regenerate'))).toMatchObject({
      path: '/sessions/launch/messages/m1/regenerate',
      body: { model: 'large' },
    })
    w.server.lane.add(2, ['Second.'], { promptId: 'p-9' })
    expect(await shown(await again)).toMatchObject({ id: 'm2', parts: [{}, { text: 'Second.' }] })
  })

  it('[C59] joins the session by itself when it is first needed, and leaves it', async () => {
    const auto = new SessionChatTransport({ url: 'http://colloquy.test', session: 'launch' })
    auto.close()
    const { session: joined } = auto
    expect(auto.session).toBe(joined)
    auto.close()
    expect(joined.snapshot().connection.reason).toBe('CLOSED')
    transport.close()
    expect(session.snapshot().connection.state).toBe('live')
  })
})
