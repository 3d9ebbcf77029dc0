import { useSession } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { useEffect } from 'react'
import { announce } from '../parts/announcer.tsx'
import { cleanName } from '../parts/names.ts'
import { endedNews, type News } from './news.ts'

/** Says when an answer has ended: the transcript itself is silent to those who listen. Tells of one's own. */
export function useReadyNews(tell: (news: News) => void): void {
  const session = useSession()
  useEffect(() => {
    let before = session.snapshot().unfinished
    return session.subscribe(({ unfinished, messages, me }) => {
      if (unfinished === before) return
      const open = new Set(unfinished.map(({ id }) => id))
      const ended = before.filter(({ id }) => !open.has(id))
      before = unfinished
      for (const { id, metadata, audience } of ended) {
        const answer = messages.findLast((message) => message.id === id)
        const { author } = metadata
        const whose = author.id === me?.id ? 'Your' : `${cleanName(author.name)}’s`
        const what = audience === EVERYONE ? 'answer' : 'private answer'
        announce(`${whose} ${what} ${howEnded(answer?.metadata.status)}`)
        const news = answer && endedNews(answer, me)
        if (news) tell(news)
      }
    })
  }, [session, tell])
}

function howEnded(status: string | undefined): string {
  if (status === 'done') return 'is ready'
  return status === 'narrowed' ? 'goes on privately' : 'has ended'
}
