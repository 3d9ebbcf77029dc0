import { connect } from '../connect.ts'
import { memoryStorage } from '../storage.ts'
import type { ConnectOptions, Session, Snapshot } from '../types/index.ts'
import { TestClock } from './clock.ts'
import { FakeServer, tokenOf } from './server.ts'

/** A server, a clock and a way to join: everything in memory, nothing by the wall clock. */
export function world() {
  const server = new FakeServer()
  const clock = new TestClock()
  const storage = memoryStorage()
  const sessions: Session[] = []
  const join = (over: Partial<ConnectOptions> = {}): Session => {
    const session = connect({
      url: 'http://colloquy.test',
      session: 'launch',
      auth: () => tokenOf('ana', 'Ana'),
      storage,
      persist: false,
      fetch: server.fetch,
      WebSocket: server.WebSocket,
      clock,
      random: () => 0.5,
      ...over,
    })
    sessions.push(session)
    return session
  }
  const closeAll = () => {
    for (const session of sessions) session.close()
  }
  return { server, clock, storage, join, closeAll }
}

/** Resolves with the first snapshot, from the present one on, that satisfies `test`. */
export function until(session: Session, test: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return new Promise((resolve) => {
    const look = (snapshot: Snapshot) => {
      if (!test(snapshot)) return
      stop()
      resolve(snapshot)
    }
    const stop = session.subscribe(look)
    look(session.snapshot())
  })
}

export const textOf = (snapshot: Snapshot): string[] =>
  snapshot.messages.map(({ parts }) =>
    parts.map((part) => (part.type === 'text' ? part.text : part.toolName)).join('|'),
  )
