import type { Audience, Message, PersonRef, Snapshot } from '@colloquy/client'
import { useSession, useSnapshot } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { ArrowDown, ArrowUp, LoaderCircle } from 'lucide-react'
import {
  type ReactNode,
  type Ref,
  Suspense,
  useCallback,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react'
import { Virtualizer, type VirtualizerHandle } from 'virtua'
import { readersOf } from '../audience/reader-words.ts'
import { useWho } from '../audience/use-who.ts'
import type { SeenHere as Here } from '../catch-up/seen-here.tsx'
import { type Marker, MarkerContext } from '../mentions/mark-context.ts'
import { laterUnseen, soon } from '../parts/later.tsx'
import { mayModerate, mayPrompt } from '../parts/roles.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { useAccount } from '../sign-in/account.ts'
import { Article } from './article.tsx'
import { type Act, MessageDialogs } from './message-dialogs.tsx'
import { wantedMessage } from './reveal.ts'
import { type Row, rowsOf } from './rows.ts'
import { useFollow } from './use-follow.ts'
import { useHeardTimes } from './use-heard-times.ts'
import { useKeepPlace } from './use-keep-place.ts'
import { useOlder } from './use-older.ts'
import { useReveal } from './use-reveal.ts'

/** Pixels from the beginning at which the page before is asked for. */
const EARLY = 600
const TOP_MARGIN = 24
const PILL =
  'absolute left-1/2 flex -translate-x-1/2 items-center gap-2 rounded-full border border-line bg-raised px-3 text-xs'

const NOTHING_MISSED: Here = { unread: null, above: false, behind: 0 }

const SeenHere = laterUnseen(() => import('../catch-up/seen-here.tsx'))
const MarkerOfMembers = laterUnseen(() => import('../mentions/marker.tsx'))
const SessionNews = laterUnseen(() => import('../news/session-news.tsx'))
const UnreadLine = soon(() => import('../catch-up/unread-line.tsx'))

const select = ({ messages, me }: Snapshot) => ({ messages, me })

export interface TranscriptHandle {
  /** Shows the end, and follows it. */
  toEnd(): void
}

export interface TranscriptProps {
  ref: Ref<TranscriptHandle>
  empty: ReactNode
  /** Somebody wants to ask these readers. */
  onTurnTo: (audience: Audience) => void
  /** What had focus is gone. */
  onDone: () => void
}

export function Transcript({ ref, empty, onTurnTo, onDone }: TranscriptProps) {
  const { messages, me } = useSnapshot(select)
  const [act, setAct] = useState<Act | null>(null)
  const scroller = useRef<HTMLElement>(null)
  const content = useRef<HTMLDivElement>(null)
  const list = useRef<VirtualizerHandle>(null)
  const { away, toEnd, following } = useFollow(scroller, content)
  useImperativeHandle(ref, () => ({ toEnd }), [toEnd])
  const { more, loading, load } = useOlder()
  useKeepPlace(messages, list, following, scroller)
  const looking = useReveal(messages, list, following)
  const [{ unread, above, behind }, setHere] = useState<Here>(NOTHING_MISSED)
  const [marker, setMarker] = useState<Marker | null>(null)
  useHeardTimes()

  const shift = useGrowsAtStart(messages)
  const some = messages.length > 0
  // The end first, without a frame of the beginning.
  useLayoutEffect(() => {
    if (some) toEnd()
  }, [some, toEnd])

  const rows = useMemo(() => rowsOf(messages), [messages])
  const missed = useUnreadLine(unread, me, toEnd)
  const draw = useRow(me, setAct, missed, { onTurnTo, onDone })

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
            <MarkerContext value={marker}>
              <Virtualizer
                ref={list}
                scrollRef={scroller}
                data={rows}
                shift={shift}
                startMargin={TOP_MARGIN}
                bufferSize={600}
              >
                {draw}
              </Virtualizer>
            </MarkerContext>
          ) : (
            empty
          )}
        </div>
      </main>
      {loading || looking ? (
        <p className={`${PILL} top-2 py-1 text-dim`}>
          <LoaderCircle size={12} className="spin" aria-hidden />
          Earlier messages
        </p>
      ) : (
        above &&
        unread && (
          <button
            type="button"
            onClick={() => wantedMessage.set(unread.first.id)}
            className={`${PILL} enter top-2 h-8 font-medium text-accent hover:bg-wash`}
          >
            <ArrowUp size={14} aria-hidden />
            {unread.count} unread
          </button>
        )
      )}
      {away && (
        <button
          type="button"
          onClick={toEnd}
          className="enter absolute bottom-3 left-1/2 flex h-8 -translate-x-1/2 items-center gap-1.5 rounded-full border border-line-2 bg-raised px-3 font-medium text-sm shadow-float hover:bg-wash"
        >
          <ArrowDown size={14} aria-hidden />
          {behind > 0 ? `${behind} new` : 'Latest'}
        </button>
      )}
      <Suspense>
        <SeenHere {...{ messages, list, following, scroller }} onChange={setHere} />
        <SessionNews />
        <MarkerOfMembers onChange={setMarker} />
      </Suspense>
      <MessageDialogs
        act={act}
        onClose={() => setAct(null)}
        // Reading goes on in the transcript.
        onRetract={() => scroller.current?.focus()}
      />
    </div>
  )
}

/** What stands before the first message that somebody missed. */
function useUnreadLine(unread: Here['unread'], me: Snapshot['me'], onAsked: () => void) {
  const mayAsk = mayPrompt(me)
  const myId = me?.id ?? ''
  return useMemo(
    () =>
      unread && {
        messageId: unread.first.id,
        line: (
          <Suspense fallback={<div className="h-12" />}>
            <UnreadLine {...unread} myId={myId} mayAsk={mayAsk} onAsked={onAsked} />
          </Suspense>
        ),
      },
    [unread, myId, mayAsk, onAsked],
  )
}

/** How a row is drawn; what it is given stays the same while nothing about it changes. */
function useRow(
  me: Snapshot['me'],
  setAct: (act: Act) => void,
  missed: { messageId: string; line: ReactNode } | null,
  { onTurnTo, onDone }: Pick<TranscriptProps, 'onTurnTo' | 'onDone'>,
) {
  const session = useSession()
  const { me: account, embedded } = useAccount()
  const who = useWho()
  const acts = useMemo(() => {
    const on = (kind: Act['kind']) => (message: Message) => setAct({ kind, message })
    return { onShare: on('share'), onFork: on('fork'), onRetract: on('retract') }
  }, [setAct])
  const askAgain = useCallback(
    ({ id }: Message) => void session.regenerate(id).then(onDone, tellRefusal),
    [session, onDone],
  )
  const isMe = (person: PersonRef | undefined) => person?.id === who.myId
  const moderator = mayModerate(me)
  const prompter = mayPrompt(me)
  return ({ message, newDay, askable, ownWords, goesOn }: Row) => {
    const open = message.audience === EVERYONE
    return (
      <Article
        key={message.id}
        {...acts}
        message={message}
        newDay={newDay}
        before={missed?.messageId === message.id ? missed.line : null}
        readers={open ? null : readersOf(message.audience, who)}
        myId={who.myId}
        goesOn={goesOn}
        // What everyone reads needs no sharing.
        sharable={prompter && !open}
        forkable={!account.guest && !embedded}
        retractable={
          ownWords && (moderator || [message.metadata.author, message.metadata.shared?.by].some(isMe))
        }
        askable={prompter && askable}
        onAskAgain={askAgain}
        onTurnTo={prompter ? onTurnTo : null}
        onDecided={onDone}
      />
    )
  }
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
