import type { Message, Snapshot } from '@colloquy/client'
import { useSession, useSnapshot } from '@colloquy/client/react'
import { ArrowDown, LoaderCircle } from 'lucide-react'
import { type ReactNode, useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { Confirm } from '../parts/dialog.tsx'
import { mayModerate, mayPrompt } from '../parts/roles.ts'
import { dayOf } from '../parts/times.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { Article } from './article.tsx'
import { useApprovalNews } from './use-approval-news.ts'
import { useFollow } from './use-follow.ts'
import { useHeardTimes } from './use-heard-times.ts'
import { useKeepPlace } from './use-keep-place.ts'
import { useOlder } from './use-older.ts'
import { useReadyNews } from './use-ready-news.ts'
import { useReveal } from './use-reveal.ts'
import { textOf } from './words.ts'

/** Pixels from the beginning at which the page before is asked for. */
const EARLY = 600
const TOP_MARGIN = 24

const select = ({ messages, me }: Snapshot) => ({ messages, me })

export interface TranscriptProps {
  empty: ReactNode
  onRetry: (text: string) => void
  /** What had focus is gone. */
  onDone: () => void
}

export function Transcript({ empty, onRetry, onDone }: TranscriptProps) {
  const session = useSession()
  const { messages, me } = useSnapshot(select)
  const [asked, setAsked] = useState<Message | null>(null)
  const scroller = useRef<HTMLElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const { away, toEnd, following } = useFollow(scroller, content)
  const { more, loading, load } = useOlder(messages)
  useKeepPlace(messages, list, following, scroller)
  useReveal(messages, list, following)
  useReadyNews()
  useApprovalNews(me?.id)
  useHeardTimes()

  const shift = useGrowsAtStart(messages)
  const some = messages.length > 0
  // The end first, without a frame of the beginning.
  useLayoutEffect(() => {
    if (some) toEnd()
  }, [some, toEnd])

  const retry = useCallback(
    ({ metadata }: Message) => {
      const question = session
        .snapshot()
        .messages.find(
          ({ role, metadata: { promptId } }) => role === 'user' && promptId === metadata.promptId,
        )
      if (question) onRetry(textOf(question))
    },
    [session, onRetry],
  )

  const moderator = mayModerate(me)
  const prompter = mayPrompt(me)
  const rows = useMemo(
    () =>
      messages.map((message, i) => {
        const before = messages[i - 1]
        const newDay = !before || dayOfMessage(before) !== dayOfMessage(message)
        // An answer stands behind its question; one that was taken back has no words to ask again.
        return { message, newDay, askable: before?.metadata.retractedAt === undefined }
      }),
    [messages],
  )

  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <main
        ref={scroller}
        className="scroll min-h-0 flex-1 outline-offset-[-2px]"
        onScroll={({ currentTarget }) => {
          if (more && currentTarget.scrollTop < EARLY) load()
        }}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-label="Transcript"
      >
        <h2 className="sr-only">Transcript</h2>
        <div
          ref={content}
          role="log"
          aria-live="off"
          aria-label="Messages"
          className={some ? 'pt-6 pb-6' : 'h-full'}
        >
          {some ? (
            <Virtualizer
              ref={list}
              scrollRef={scroller}
              data={rows}
              shift={shift}
              startMargin={TOP_MARGIN}
              bufferSize={600}
            >
              {({ message, newDay, askable }) => {
                const mine = message.metadata.author.id === me?.id
                return (
                  <Article
                    key={message.id}
                    message={message}
                    newDay={newDay}
                    mine={mine}
                    retractable={mine || moderator}
                    mayAskAgain={prompter && askable}
                    onRetry={retry}
                    onRetract={setAsked}
                    onDecided={onDone}
                  />
                )
              }}
            </Virtualizer>
          ) : (
            empty
          )}
        </div>
      </main>
      {loading && (
        <p className="absolute top-2 left-1/2 flex -translate-x-1/2 items-center gap-2 rounded-full border border-line bg-raised px-3 py-1 text-dim text-xs">
          <LoaderCircle size={12} className="spin" aria-hidden />
          Earlier messages
        </p>
      )}
      {away && (
        <button
          type="button"
          onClick={toEnd}
          className="enter absolute bottom-3 left-1/2 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line-2 bg-raised px-3 font-medium text-sm shadow-float hover:bg-wash"
        >
          <ArrowDown size={14} aria-hidden />
          Latest
        </button>
      )}
      {asked && (
        <Confirm
          title="Take it back?"
          text={
            asked.role === 'user'
              ? 'Its text disappears for everyone, and later answers no longer see it. That cannot be undone.'
              : 'The answer’s text disappears for everyone. That cannot be undone.'
          }
          action="Take it back"
          onClose={() => setAsked(null)}
          onConfirm={() => {
            setAsked(null)
            // Its button goes with the text: reading goes on in the transcript.
            scroller.current?.focus()
            session.retract(asked.id).catch(tellRefusal)
          }}
        />
      )}
    </div>
  )
}

const days = new WeakMap<Message, string>()

/** Asked of every message for every token. */
function dayOfMessage(message: Message): string {
  let day = days.get(message)
  if (day === undefined) {
    day = dayOf(message.metadata.at)
    days.set(message, day)
  }
  return day
}

/** True in the render in which older messages have come in front of the others. */
function useGrowsAtStart(messages: readonly Message[]): boolean {
  const [first] = messages
  const before = useRef<string | undefined>(undefined)
  const grows = before.current !== undefined && first !== undefined && first.id !== before.current
  useLayoutEffect(() => {
    before.current = first?.id
  }, [first?.id])
  return grows
}
