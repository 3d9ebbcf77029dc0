import type { Message, Snapshot } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import { useEffect } from 'react'
import { finderOf } from '../mentions/mentions.ts'
import { isSpokenTo } from '../mentions/spoken-to.ts'
import { textOf } from '../transcript/words.ts'
import { NewMessages } from './new-messages.ts'
import { endedNews, type News } from './news.ts'

/** Tells of messages in which somebody else mentions the reader, and of own answers that had ended when they came. */
export function useMessageNews(tell: (news: News) => void): void {
  const session = useSession()
  useEffect(() => {
    const fresh = new NewMessages()
    fresh.since(session.snapshot())
    return session.subscribe((snapshot) => {
      for (const message of fresh.since(snapshot)) {
        const news = message.role === 'user' ? mentionIn(message, snapshot) : endedNews(message, snapshot.me)
        if (news) tell(news)
      }
    })
  }, [session, tell])
}

/** Only what a person has asked or shared: an assistant mentions nobody. */
function mentionIn(message: Message, { members, me }: Snapshot): News | null {
  const { id, audience, metadata } = message
  const mine = members.find((member) => member.id === me?.id)
  const by = metadata.shared?.by ?? metadata.author
  if (!mine || by.id === mine.id) return null
  const finder = finderOf(members.map(({ name }) => name))
  if (!finder || !isSpokenTo(textOf(message), finder, mine.name)) return null
  return { kind: 'mention', id, messageId: id, audience, by: by.name }
}
