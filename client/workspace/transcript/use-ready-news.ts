import { useSession } from '@colloquy/client/react'
import { useEffect } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'

/** Says when an answer has ended: the transcript itself is silent to those who listen. */
export function useReadyNews(): void {
  const session = useSession()
  useEffect(() => {
    let running = session.snapshot().turn
    return session.subscribe(({ turn, messages, me }) => {
      const ended = running?.turnId === turn?.turnId ? null : running
      running = turn
      if (!ended) return
      const answer = messages.findLast(
        ({ role, metadata }) => role === 'assistant' && metadata.turnId === ended.turnId,
      )
      const whose = ended.author.id === me?.id ? 'Your' : `${cleanName(ended.author.name)}’s`
      const how = answer?.metadata.status === 'done' ? 'is ready' : 'has ended'
      announce(`${whose} answer ${how}`)
    })
  }, [session])
}
