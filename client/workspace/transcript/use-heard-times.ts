import type { Message, Snapshot } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { useEffect } from 'react'
import { serverTime } from '../parts/server-time.ts'

/** Learns the server's time from what goes on in the session. */
export function useHeardTimes(): void {
  const session = useSession()
  useEffect(() => {
    let before: readonly Message[] = []
    const hear = ({ unfinished }: Snapshot) => {
      for (const message of unfinished) if (!before.includes(message)) hearMessage(message)
      before = unfinished
    }
    hear(session.snapshot())
    return session.subscribe(hear)
  }, [session])
}

function hearMessage({ metadata: { at, waiting }, parts }: Message): void {
  serverTime.heard(at)
  if (waiting) serverTime.heard(waiting.at)
  for (const part of parts) {
    if (part.type !== 'dynamic-tool') continue
    const { dispatchedAt, settledAt } = part.toolMetadata
    for (const time of [dispatchedAt, settledAt]) if (time !== undefined) serverTime.heard(time)
  }
}
