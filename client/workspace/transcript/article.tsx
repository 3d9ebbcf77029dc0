import type { Audience } from '@colloquy/client'
import { Forward, Lock, RotateCcw } from 'lucide-react'
import { memo, type ReactNode } from 'react'
import { AssistantMark, Avatar } from '../parts/avatar.tsx'
import { Button } from '../parts/button.tsx'
import { dayTitle } from '../parts/times.ts'
import { Actions, type ActionsProps } from './actions.tsx'
import { Byline } from './byline.tsx'
import { entryName, narrowedWords, sharedWords } from './entry-words.ts'
import { MessageBody } from './message-body.tsx'
import { useMarked } from './use-marked.ts'
import { endingOf, smallPrintOf, textOf } from './words.ts'

export interface ArticleProps extends Omit<ActionsProps, 'text'> {
  /** The first of its day. */
  newDay: boolean
  /** Stands before it. */
  before: ReactNode
  /** Who reads it; null: everyone. */
  readers: string | null
  myId: string
  /** It goes on in an entry that the reader sees. */
  goesOn: boolean
  /** Turns the composer to these readers; null: the reader may not ask. */
  onTurnTo: ((audience: Audience) => void) | null
  /** What had focus in it is gone. */
  onDecided: () => void
}

/** Marks what not everyone reads; what follows on it joins into one line. */
const EDGE = 'before:absolute before:-left-3 before:w-[3px] before:bg-private-line'

export const Article = memo(function Article(props: ArticleProps) {
  const { message, newDay, before, readers, myId, onTurnTo } = props
  const { role, metadata } = message
  const retracted = metadata.retractedAt !== undefined
  const streaming = metadata.status === 'streaming'
  const asks = role === 'user'
  const edge =
    readers === null
      ? ''
      : `${EDGE} ${asks ? 'before:top-3 before:bottom-0' : 'before:top-0 before:bottom-3'}`
  const shared = sharedWords(message, myId)
  const { marked, ref } = useMarked(message.id)
  return (
    <div className="mx-auto w-full max-w-[760px] px-4 md:px-6">
      {newDay && <DayLine at={metadata.shared?.at ?? metadata.at} />}
      {before}
      <article
        ref={ref}
        tabIndex={-1}
        aria-busy={streaming}
        aria-label={entryName(message, readers)}
        className={`group relative grid grid-cols-[28px_minmax(0,1fr)] gap-x-3 ${asks ? 'pt-4 pb-1.5' : 'pt-1.5 pb-4'} ${edge} ${marked ? 'marked' : ''}`}
      >
        <div className="pt-px">{asks ? <Avatar person={metadata.author} /> : <AssistantMark />}</div>
        <div className="min-w-0">
          <Byline
            message={message}
            readers={readers}
            onTurnTo={onTurnTo && (() => onTurnTo(message.audience))}
          />
          {shared !== null && (
            <p className="mb-1 flex items-center gap-1.5 text-faint text-xs">
              <Forward size={12} className="shrink-0" aria-hidden />
              <bdi>{shared}</bdi>
            </p>
          )}
          {retracted ? (
            <p className="text-faint italic">
              {asks ? 'Taken back by its author.' : 'This answer was taken back.'}
            </p>
          ) : (
            <Said {...props} />
          )}
        </div>
        {!streaming && !retracted && (
          <Actions
            {...props}
            text={textOf(message)}
            // Where the answer itself offers it, once is enough.
            askable={props.askable && !asks && endingOf(message)?.retry !== true}
          />
        )}
      </article>
    </div>
  )
})

function Said({ message, myId, goesOn, askable, onAskAgain, onDecided }: ArticleProps) {
  const { role, metadata } = message
  const mine = metadata.author.id === myId
  const body = <MessageBody message={message} mine={mine} onDecided={onDecided} />
  if (role === 'user') return body
  const ending = endingOf(message)
  return (
    <>
      {body}
      {metadata.status === 'narrowed' ? (
        <p className="mt-1 flex items-center gap-1.5 text-faint text-sm">
          <Lock size={12} className="shrink-0" aria-hidden />
          {narrowedWords(goesOn)}
        </p>
      ) : (
        ending && (
          <div className="mt-2 flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
            <span className={metadata.status === 'failed' ? 'text-bad' : 'text-faint'}>{ending.text}</span>
            {ending.retry && askable && (
              <Button size="sm" onClick={() => onAskAgain(message)}>
                <RotateCcw size={13} aria-hidden />
                Ask again
              </Button>
            )}
          </div>
        )
      )}
      {metadata.status !== 'streaming' && metadata.status !== 'narrowed' && (
        <p className="mt-1.5 text-faint text-xs empty:hidden">{smallPrintOf(message)}</p>
      )}
    </>
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
