import { useSession } from '@colloquy/client/react'
import { useEffect } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'

/** Says when an answer has ended: the transcript itself is silent to those who listen. */
export function useReadyNews(): void {
  const session = useSession()
  useEffect(() => {
    let before = session.snapshot().unfinished
    return session.subscribe(({ unfinished, messages, me }) => {
      if (unfinished === before) return
      const open = new Set(unfinished.map(({ id }) => id))
      const ended = before.filter(({ id }) => !open.has(id))
      before = unfinished
      for (const { id, metadata } of ended) {
        const answer = messages.findLast((message) => message.id === id)
        const { author } = metadata
        const whose = author.id === me?.id ? 'Your' : `${cleanName(author.name)}’s`
        const how = answer?.metadata.status === 'done' ? 'is ready' : 'has ended'
        announce(`${whose} answer ${how}`)
      }
    })
  }, [session])
}
