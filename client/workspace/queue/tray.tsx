import type { Audience, QueueEntry, Snapshot } from '@colloquy/client'
import { useApprovals, useConnection, useQueue, useSession, useSnapshot } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { ChevronDown } from 'lucide-react'
import { Suspense, useId, useState } from 'react'
import { useReadersOf } from '../audience/use-who.ts'
import { useIsWide } from '../parts/box.ts'
import { soon } from '../parts/later.tsx'
import { wantedMessage } from '../transcript/reveal.ts'
import { waitOf } from '../transcript/waiting-words.ts'
import { RunningRow } from './running-row.tsx'
import { UnsentRow } from './unsent-row.tsx'
import { useEditing } from './use-editing.ts'

/** Most of the time nobody waits. */
const QueueRows = soon(() => import('./rows.tsx'))
const ROW_HEIGHT = 32

const selectMe = ({ me }: Snapshot) => me
/** Not the messages: they change with every token. */
const selectBegun = ({ unfinished }: Snapshot) => unfinished.map(({ metadata }) => metadata)
const selectReaders = ({ unfinished }: Snapshot) => unfinished.map(({ audience }) => audience)

/** A phone shows the queue as a pill until it is asked for. */
const PHONE = 640

export interface TrayProps {
  /** Puts a text that was not accepted, or can no longer be, into the composer. */
  onTakeBack: (text: string, audience: Audience, focus?: boolean) => void
  /** The row that had focus is gone. */
  onDone: () => void
}

/** What runs, what comes next, and what has not reached the server yet, on top of the composer. */
export function QueueTray({ onTakeBack, onDone }: TrayProps) {
  const session = useSession()
  const { entries, turns } = useQueue()
  const { outbox, state } = useConnection()
  const me = useSnapshot(selectMe)
  const begun = useSnapshot(selectBegun)
  const audiences = useSnapshot(selectReaders)
  const readersOf = useReadersOf()
  const { calls } = useApprovals()
  const wide = useIsWide(PHONE)
  const [open, setOpen] = useState(wide)
  const listId = useId()
  // Here, because the rows go with the last prompt that waits.
  const edits = useEditing(entries, onTakeBack, onDone)
  const waiting = entries.length + outbox.length
  // Those that run first; the others wait beside them.
  const parked = begun.flatMap(({ turnId, author }, i) =>
    turns.some((turn) => turn.turnId === turnId)
      ? []
      : [{ turnId, author, audience: audiences[i] ?? EVERYONE }],
  )
  const running = [...turns, ...parked]
  if (running.length === 0 && waiting === 0) return null
  const unsent = outbox.filter(({ refused }) => refused === undefined).length
  return (
    <section
      aria-label="Queue"
      className="enter mx-2 overflow-hidden rounded-t-lg border border-line border-b-0 bg-side sm:mx-3"
    >
      {running.map((each) => {
        const metadata = begun.find(({ turnId }) => turnId === each.turnId)
        const show = calls.find(({ turnId }) => turnId === each.turnId)?.messageId ?? null
        return (
          <RunningRow
            key={each.turnId}
            turn={each}
            readers={readersOf(each.audience)}
            me={me}
            wait={metadata ? waitOf(metadata, calls, me) : null}
            onStop={() => session.cancel(each.turnId)}
            onShow={() => wantedMessage.set(show)}
          />
        )
      })}
      {waiting > 0 && (
        <>
          <button
            type="button"
            aria-expanded={open}
            aria-controls={listId}
            onClick={() => setOpen(!open)}
            className={`flex h-8 w-full items-center gap-2 px-3 text-left text-dim text-xs outline-offset-[-2px] transition-colors hover:text-ink ${running.length > 0 ? 'border-line border-t' : ''}`}
          >
            <span className="font-medium">Up next · {waiting}</span>
            <span className="min-w-0 truncate text-faint">
              {standing(placeOf(entries, me?.id), unsent, state)}
            </span>
            <ChevronDown
              size={14}
              aria-hidden
              className={`ml-auto shrink-0 transition-transform ${open ? '' : 'rotate-180'}`}
            />
          </button>
          <div id={listId} hidden={!open} className="scroll max-h-[30dvh] pb-1">
            {entries.length > 0 && (
              <Suspense fallback={<div style={{ height: entries.length * ROW_HEIGHT }} />}>
                <QueueRows entries={entries} me={me} edits={edits} onDone={onDone} />
              </Suspense>
            )}
            {outbox.map((prompt) => (
              <UnsentRow
                key={prompt.commandId}
                prompt={prompt}
                readers={readersOf(prompt.audience)}
                onTakeBack={onTakeBack}
              />
            ))}
          </div>
        </>
      )}
    </section>
  )
}

/** Of a person's next prompt, among those that wait in the same lane; 0: there is none. */
function placeOf(entries: readonly QueueEntry[], userId: string | undefined): number {
  const next = entries.find(({ author }) => author.id === userId)
  if (!next) return 0
  return entries.filter(({ laneId }) => laneId === next.laneId).indexOf(next) + 1
}

const ordinal = new Intl.PluralRules('en', { type: 'ordinal' })
const ENDINGS: Record<string, string> = { one: 'st', two: 'nd', few: 'rd' }

function standing(place: number, unsent: number, state: string): string {
  if (unsent > 0 && state !== 'live') return `${unsent} ${unsent === 1 ? 'prompt' : 'prompts'} will be sent`
  if (place === 0) return ''
  return place === 1 ? 'you’re next' : `you’re ${place}${ENDINGS[ordinal.select(place)] ?? 'th'}`
}
