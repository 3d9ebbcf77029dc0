import type { Session, Snapshot } from '@colloquy/client'

/** Resolves with the first snapshot that satisfies `condition`; the test's own timeout is the limit. */
export function until(session: Session, condition: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
  return new Promise((resolve) => {
    const check = (snapshot: Snapshot) => {
      if (!condition(snapshot)) return
      stop()
      resolve(snapshot)
    }
    const stop = session.subscribe(check)
    check(session.snapshot())
  })
}

/** The answers that have ended. */
export function ended(snapshot: Snapshot): Snapshot['messages'] {
  return snapshot.messages.filter(
    ({ role, metadata }) => role === 'assistant' && metadata.status !== 'streaming',
  )
}

/** The messages as the server has them: a client adds in which lane each is, and who reads that. */
export function asServed(messages: Snapshot['messages']) {
  return messages.map(({ laneId: _, audience: __, ...message }) => message)
}

/** What is the same for everybody who sees the same: the messages, as text. */
export function transcript({ messages }: Snapshot): string {
  return JSON.stringify(messages)
}
