import type { Message } from '@colloquy/client'
import { RotateCcw } from 'lucide-react'
import { type CSSProperties, memo } from 'react'
import { AssistantMark, Avatar } from '../parts/avatar.tsx'
import { Button } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName, hueOf } from '../parts/names.ts'
import { dayTitle, exactTimeOf, timeOf } from '../parts/times.ts'
import { Actions } from './actions.tsx'
import { MessageBody } from './message-body.tsx'
import { endingOf, smallPrintOf, textOf } from './words.ts'

export interface ArticleProps {
  message: Message
  /** The first of its day. */
  newDay: boolean
  mine: boolean
  /** May take it back. */
  retractable: boolean
  /** May ask its question once more. */
  mayAskAgain: boolean
  onRetry: (message: Message) => void
  onRetract: (message: Message) => void
  /** What had focus in it is gone. */
  onDecided: () => void
}

export const Article = memo(function Article(props: ArticleProps) {
  const { message, newDay, mine, mayAskAgain, onRetry, onDecided } = props
  const { role, metadata } = message
  const streaming = metadata.status === 'streaming'
  const text = textOf(message)
  const ending = role === 'assistant' ? endingOf(message) : null
  const retracted = metadata.retractedAt !== undefined
  return (
    <div className="mx-auto w-full max-w-[760px] px-4 md:px-6">
      {newDay && <DayLine at={metadata.at} />}
      <article
        aria-busy={streaming}
        aria-label={
          role === 'user'
            ? `${cleanName(metadata.author.name)} asks`
            : `Answer for ${cleanName(metadata.author.name)}`
        }
        className={`group relative grid grid-cols-[28px_minmax(0,1fr)] gap-x-3 ${role === 'user' ? 'pt-4 pb-1.5' : 'pt-1.5 pb-4'}`}
      >
        <div className="pt-px">
          {role === 'user' ? <Avatar person={metadata.author} /> : <AssistantMark />}
        </div>
        <div className="min-w-0">
          <Byline message={message} />
          {retracted ? (
            <p className="text-faint italic">
              {role === 'user' ? 'Taken back by its author.' : 'This answer was taken back.'}
            </p>
          ) : (
            <MessageBody message={message} mine={mine} onDecided={onDecided} />
          )}
          {ending && !retracted && (
            <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
              <span className={metadata.status === 'failed' ? 'text-bad' : 'text-faint'}>{ending.text}</span>
              {ending.retry && mayAskAgain && (
                <Button size="sm" onClick={() => onRetry(message)}>
                  <RotateCcw size={13} aria-hidden />
                  Ask again
                </Button>
              )}
            </div>
          )}
          {role === 'assistant' && !streaming && !retracted && (
            <p className="mt-1.5 text-faint text-xs">{smallPrintOf(message)}</p>
          )}
        </div>
        {!streaming && !retracted && <Actions {...props} text={text} />}
      </article>
    </div>
  )
})

function Byline({ message: { role, metadata } }: { message: Message }) {
  const { author, at } = metadata
  return (
    <p className="flex min-w-0 items-baseline gap-2 pointer-coarse:pr-16">
      {role === 'user' ? (
        <span
          className="min-w-0 truncate font-semibold"
          style={{ '--hue': hueOf(author.id) } as CSSProperties}
        >
          <Name>{author.name}</Name>
        </span>
      ) : (
        <span className="min-w-0 truncate font-semibold">
          Assistant{' '}
          <span className="font-normal text-faint text-sm">
            for <Name>{author.name}</Name>
          </span>
        </span>
      )}
      <time
        dateTime={new Date(at).toISOString()}
        title={exactTimeOf(at)}
        className="shrink-0 text-faint text-xs"
      >
        {timeOf(at)}
      </time>
    </p>
  )
}

function DayLine({ at }: { at: number }) {
  return (
    <div className="flex items-center gap-3 pt-4 pb-1 text-faint text-xs">
      <span className="h-px flex-1 bg-line" />
      {dayTitle(at)}
      <span className="h-px flex-1 bg-line" />
    </div>
  )
}
