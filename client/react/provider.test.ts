import { createElement as h, type ReactNode, StrictMode, useEffect } from 'react'
import { renderToString } from 'react-dom/server'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { settle } from '../test/clock.ts'
import { FakeServer, refuse, tokenOf } from '../test/server.ts'
import type { Snapshot } from '../types/index.ts'
import { useSessionChat } from './chat.ts'
import { useDraft } from './draft.ts'
import { useConnection, usePeople, useQueue, useSession, useSnapshot } from './hooks.ts'
import { SessionProvider, SessionRoom } from './provider.ts'
import { type Drawn, draw } from './test/dom.ts'
import type { Draft, SessionChat } from './types.ts'

let server: FakeServer
let drawn: Drawn
beforeEach(() => {
  server = new FakeServer()
  vi.stubGlobal('WebSocket', server.WebSocket)
  drawn = draw()
})
afterEach(async () => {
  await drawn.unmount()
  vi.unstubAllGlobals()
})

const auth = () => tokenOf('ana', 'Ana')
function page(children: ReactNode, over: Partial<Parameters<typeof SessionProvider>[0]> = {}): ReactNode {
  const room = h(SessionRoom, { id: 'launch', fallback: 'loading' }, children)
  const provider = h(
    SessionProvider,
    { url: 'http://colloquy.test', auth, fetch: server.fetch, ...over },
    room,
  )
  return h(StrictMode, null, provider)
}
/** Until the page shows what it should; nothing is awaited by the clock. */
async function shows(text: string): Promise<void> {
  await vi.waitUntil(async () => {
    await drawn.after(settle)
    return drawn.text === text
  })
}

const Title = () => useSnapshot(({ title }) => title)

it('[C32] joins once, also in StrictMode, and shows the fallback until then', async () => {
  server.holding = true
  await drawn.draw(page(h(Title)))
  await drawn.after(settle)
  expect(drawn.text).toBe('loading')
  server.socket.release()
  await shows('Launch')
  expect(server.sockets).toHaveLength(1)
  // Functions that are other ones at each rendering change nothing.
  await drawn.draw(page(h(Title), { auth: () => auth(), fetch: (...args) => server.fetch(...args) }))
  await drawn.after(settle)
  expect(server.sockets).toHaveLength(1)
})

it('[C32] keeps its state while it is hidden for a moment, and the socket', async () => {
  await drawn.draw(page(h(Title)))
  await shows('Launch')
  const keep = (children: ReactNode) =>
    h(
      StrictMode,
      null,
      h(SessionProvider, { url: 'http://colloquy.test', auth, fetch: server.fetch }, children),
    )
  await drawn.draw(keep('elsewhere'))
  expect(drawn.text).toBe('elsewhere')
  await drawn.draw(keep(h(SessionRoom, { id: 'launch', fallback: 'loading' }, h(Title))))
  expect(drawn.text).toBe('Launch')
  expect(server.sockets).toHaveLength(1)
})

it('[C32] shows its children when it has ended, so that they can say so', async () => {
  const Why = () => useConnection().reason ?? 'none'
  await drawn.draw(page(h(Why), { auth: () => tokenOf('eve') }))
  await shows('NOT_FOUND')
})

it('[C32] shows the page on, whatever becomes of the connection', async () => {
  const State = () => useConnection().state
  await drawn.draw(page(h(State)))
  await shows('live')
  server.override = () => 'lost'
  server.socket.end(1006)
  await shows('reconnecting')
})

it('[C32] is drawn by a server as its fallback, which connects nobody', () => {
  expect(renderToString(page(h(Title)))).toBe('loading')
  expect(server.seen).toEqual([])
})

it('[C31] hooks follow the session, and draw again for their own part only', async () => {
  let drawings = 0
  const Queue = () => {
    drawings++
    const { entries, turn } = useQueue()
    return `${entries.map(({ text }) => text).join()}/${turn?.turnId ?? '-'}`
  }
  const People = () =>
    usePeople()
      .people.map(({ name }) => name)
      .join()
  const Inline = () => useSnapshot((snapshot: Snapshot) => ({ n: snapshot.members.length })).n
  await drawn.draw(page([h(Queue, { key: 1 }), ' ', h(People, { key: 2 }), ' ', h(Inline, { key: 3 })]))
  await shows('/- Ana 2')
  const before = drawings
  server.lane.add(1, ['streams'], { status: 'streaming' })
  server.lane.append(0, ' on')
  await drawn.after(settle)
  server.lane.queue('p1', { text: 'next' })
  await shows('next/- Ana 2')
  // StrictMode draws twice.
  expect(drawings - before).toBe(2)
})

it('[C33] the chat tells messages, status and failures', async () => {
  let chat: SessionChat | undefined
  const Chat = () => {
    chat = useSessionChat()
    const { id, status, messages, error } = chat
    return `${id} ${status} ${messages.length} ${error?.message ?? ''}`
  }
  await drawn.draw(page(h(Chat)))
  await shows('launch ready 0 ')
  server.override = ({ path }) => (path.endsWith('/prompts') ? refuse('QUEUE_FULL') : undefined)
  await drawn.after(async () => {
    await expect(chat?.sendMessage({ text: 'Draft' })).rejects.toMatchObject({ code: 'QUEUE_FULL' })
  })
  await shows('launch error 0 QUEUE_FULL')
  await drawn.after(() => chat?.clearError())
  await shows('launch ready 0 ')
  const mine = { turnId: 't1', promptId: 'p1', author: { id: 'ana', name: 'Ana' } }
  server.lane.turn(mine)
  await shows('launch streaming 0 ')
  await drawn.after(() => chat?.stop())
  expect(server.count('POST', /turns\/t1\/cancel$/)).toBe(1)
  server.lane.turn({ ...mine, author: { id: 'bo', name: 'Bo' } })
  await shows('launch ready 0 ')
  await drawn.after(() => chat?.stop())
  expect(server.count('POST', /cancel$/)).toBe(1)
})

it('[C34] a draft is drawn as it is written, alone and together', async () => {
  let draft: Draft | undefined
  const Composer = () => {
    draft = useDraft()
    return `${draft.text}|${draft.shared ? 'shared' : 'mine'}|${draft.others.length}`
  }
  await drawn.draw(page(h(Composer)))
  await shows('|mine|0')
  await drawn.after(() => draft?.setText('Hello'))
  expect(drawn.text).toBe('Hello|mine|0')
  await drawn.after(() => draft?.share())
  await shows('Hello|shared|0')
  await drawn.after(() => draft?.setText('Hello, all'))
  expect(drawn.text).toBe('Hello, all|shared|0')
  expect(server.sockets).toHaveLength(2)
  await drawn.after(() => draft?.clear())
  expect(drawn.text).toBe('|mine|0')
})

it('[C35] typing ends when the composer goes', async () => {
  const Composer = () => {
    const { setTyping } = usePeople()
    useEffect(() => setTyping(true), [setTyping])
    return 'typing'
  }
  await drawn.draw(page(h(Composer)))
  await shows('typing')
  expect(server.socket.presence.at(-1)?.state).toEqual({ typing: true })
  await drawn.draw(page('gone'))
  await shows('gone')
  expect(server.socket.presence.at(-1)?.state).toEqual({ typing: false })
})

it('[C32] hooks say what they miss', async () => {
  const Lost = () => useSession().id
  expect(() => renderToString(h(Lost))).toThrow('<SessionRoom>')
  expect(() => renderToString(h(SessionRoom, { id: 'launch' }))).toThrow('<SessionProvider>')
})
