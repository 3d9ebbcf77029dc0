import { useMyView } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import type { ViewAnswer } from '@colloquy/shared/view-answer'
import { ChevronRight, Lock, Users } from 'lucide-react'
import type { ReactNode } from 'react'
import { choiceWords, inSentence } from '../audience/reader-words.ts'
import { useChosen } from '../audience/use-choice.ts'
import { useWho } from '../audience/use-who.ts'
import { cleanName } from '../parts/names.ts'
import { sentenceFor } from '../parts/refusals.ts'
import { wantedMessage } from '../transcript/reveal.ts'
import { usePanel } from './panel-open.ts'
import { count, type LeftOut, leftOutOf, messageWords, savedWords, summaryWords } from './view-words.ts'

/** Of one reason; the others are found in the transcript. */
const MOST = 12

/** What one's next answer would be made from, for those who are chosen in the composer. */
export function Sees() {
  const { choice, laneId } = useChosen()
  const open = choice === EVERYONE
  const words = choiceWords(choice)
  const Icon = open ? Users : Lock
  return (
    <section aria-label="Your next prompt" className="px-4 pb-4">
      <p className={`flex items-center gap-1.5 text-xs ${open ? 'text-dim' : 'text-private'}`}>
        <Icon size={12} className="shrink-0" aria-hidden />
        <bdi className="min-w-0 truncate">{words}</bdi>
      </p>
      {laneId === undefined ? (
        <p className="pt-2 text-dim text-sm">
          {choice.length === 0
            ? 'You have asked nothing alone yet.'
            : `Nothing was asked among ${inSentence(words)} yet.`}{' '}
          The first question here is answered from what everyone in the session has said.
        </p>
      ) : (
        <OfLane key={laneId} laneId={laneId} />
      )}
    </section>
  )
}

function OfLane({ laneId }: { laneId: string }) {
  const { view, error } = useMyView(laneId)
  if (!view) {
    return error ? (
      <p className="pt-2 text-bad text-sm">{sentenceFor(error.code)}</p>
    ) : (
      <span aria-hidden className="skeleton mt-3 block h-16" />
    )
  }
  const { messages, tokens, summaries, unlisted } = view
  const saved = savedWords(view)
  return (
    <>
      <p className="pt-2">
        <span className="font-semibold text-xl tabular-nums">{count(messages.in)}</span>{' '}
        <span className="text-dim">
          of {count(messages.of)} {messages.of === 1 ? 'message' : 'messages'}
        </span>
      </p>
      <Room used={tokens.used} budget={tokens.budget} />
      <ul className="pt-2">
        {leftOutOf(view).map((group) => (
          <Left key={group.why} group={group} />
        ))}
        {unlisted > 0 && <Line>{count(unlisted)} earlier ones, in summaries or too old</Line>}
        {summaries.map((summary) => (
          <SummaryLine key={`${summary.laneId}/${summary.fromSeq}`} summary={summary} />
        ))}
        {saved !== null && <Line>{saved}</Line>}
      </ul>
    </>
  )
}

function Room({ used, budget }: { used: number; budget: number }) {
  const part = budget === 0 ? 0 : Math.min(1, used / budget)
  return (
    <div>
      <div
        // The words below say the same.
        aria-hidden
        className="h-1 overflow-hidden rounded-full bg-wash-2"
      >
        <div className="h-full rounded-full bg-dim" style={{ width: `${Math.max(part * 100, 1)}%` }} />
      </div>
      <p className="pt-1 text-faint text-xs tabular-nums">
        about {count(used)} of {count(budget)} tokens
      </p>
    </div>
  )
}

function Line({ children }: { children: ReactNode }) {
  return <li className="py-1 pl-5 text-dim text-sm leading-5">{children}</li>
}

interface OpenableProps {
  words: string
  children: ReactNode
}

/** A line that opens to what it counts. */
function Openable({ words, children }: OpenableProps) {
  return (
    <li>
      <details className="group">
        <summary className="flex min-h-7 list-none items-start gap-1 rounded-sm py-1 text-dim text-sm leading-5 hover:text-ink">
          <ChevronRight
            size={14}
            aria-hidden
            className="mt-[3px] shrink-0 text-faint transition-transform group-open:rotate-90"
          />
          {words}
        </summary>
        <div className="pb-1 pl-5">{children}</div>
      </details>
    </li>
  )
}

function Left({ group: { words, messages } }: { group: LeftOut }) {
  const { myId } = useWho()
  const { beside, setOpen } = usePanel()
  const shown = messages.slice(0, MOST)
  return (
    <Openable words={words}>
      <ul>
        {shown.map((message) => (
          <li key={message.messageId}>
            <button
              type="button"
              onClick={() => {
                wantedMessage.set(message.messageId)
                // A sheet would stand before it.
                if (!beside) setOpen(false)
              }}
              className="min-h-6 max-w-full truncate rounded-sm text-left text-faint text-xs hover:text-ink hover:underline"
            >
              {messageWords(message, myId)}
              {message.tokens > 0 && ` · ${count(message.tokens)} tokens`}
            </button>
          </li>
        ))}
        {messages.length > shown.length && (
          <li className="text-faint text-xs">and {count(messages.length - shown.length)} more</li>
        )}
      </ul>
    </Openable>
  )
}

function SummaryLine({ summary }: { summary: ViewAnswer['summaries'][number] }) {
  const { myId, nameOf } = useWho()
  const name = (id: string) => (id === myId ? 'you' : cleanName(nameOf(id)))
  return (
    <Openable words={`${summaryWords(summary)}, ${count(summary.tokens)} tokens`}>
      <ul className="flex flex-col gap-1.5">
        {summary.claims.map(({ text, authors, sources }) => (
          <li key={`${sources.join()} ${text}`} className="text-xs">
            <bdi>{text}</bdi>{' '}
            <span className="text-faint">
              {authors.length === 0 ? 'the assistant' : authors.map(name).join(', ')}
            </span>
          </li>
        ))}
      </ul>
    </Openable>
  )
}
