import { useSession } from '@colloquy/client/react'
import { useEffect } from 'react'
import { finderOf } from '../mentions/mentions.ts'
import { isSpokenTo } from '../mentions/spoken-to.ts'
import { textOf } from '../transcript/words.ts'
import { NewMessages } from './new-messages.ts'
import type { News } from './news.ts'

/** Tells of messages in which somebody else mentions the reader; an assistant is nobody. */
export function useMentionNews(tell: (news: News) => void): void {
  const session = useSession()
  useEffect(() => {
    const fresh = new NewMessages()
    fresh.since(session.snapshot())
    return session.subscribe((snapshot) => {
      for (const message of fresh.since(snapshot)) {
        const { id, role, audience, metadata } = message
        const mine = snapshot.members.find((member) => member.id === snapshot.me?.id)
        const by = metadata.shared?.by ?? metadata.author
        if (role !== 'user' || !mine || by.id === mine.id) continue
        const finder = finderOf(snapshot.members.map(({ name }) => name))
        if (!finder || !isSpokenTo(textOf(message), finder, mine.name)) continue
        tell({ kind: 'mention', id, messageId: id, audience, by: by.name })
      }
    })
  }, [session, tell])
}
