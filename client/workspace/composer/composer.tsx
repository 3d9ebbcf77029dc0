import type { Audience } from '@colloquy/client'
import { usePeople, useQueue, useSession } from '@colloquy/client/react'
import { type Ref, type RefObject, Suspense, useEffect, useImperativeHandle, useRef } from 'react'
import { peopleOf, without } from '../audience/choice.ts'
import { later, laterUnseen, soon } from '../parts/later.tsx'
import { mayPrompt } from '../parts/roles.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { ComposerControls } from './composer-controls.tsx'
import { PromptBox } from './prompt-box.tsx'
import { TypingLine } from './typing-line.tsx'
import { useComposed } from './use-composed.ts'
import { useSending } from './use-sending.ts'
import { useSentByOthers } from './use-sent-by-others.ts'
import { useShownDraft } from './use-shown-draft.ts'

const Attaching = later(() => import('./attachments/attaching.tsx'))
const OthersDrafts = laterUnseen(() => import('./others-drafts.tsx'))
const LeftNotice = soon(() => import('./left-notice.tsx'))

export interface ComposerHandle {
  /** Gives focus back to where one writes. */
  focus(): void
  /** Puts a text behind what is written for these readers, and turns to them; without them whoever is chosen. */
  giveBack(text: string, audience?: Audience): void
  /** Turns to these readers, with what is written. */
  turnTo(audience: Audience): void
}

export interface ComposerProps {
  ref: Ref<ComposerHandle>
  onSent: () => void
}

export function Composer({ ref, onSent }: ComposerProps) {
  const { me, setTyping } = usePeople()
  const composed = useComposed()
  const { myId, own, key, choice, candidates, laneId, gone, change, takeBack, turnTo } = composed
  const draft = useShownDraft(own, laneId ?? key)
  const focusRef = useRef<(() => void) | null>(null)
  const focus = () => focusRef.current?.()
  // Those who may hear that it is written, and nobody else.
  const people = peopleOf(choice, myId, candidates)
  const typing = (is: boolean) => setTyping(is, people)
  const sending = useSending({ composed, draft, typing, focus, onSent })
  const giveBack = (text: string, audience?: Audience) => takeBack(sending.wordsOf(text), audience)
  useImperativeHandle(ref, () => ({ focus, giveBack, turnTo }))
  useSentByOthers(own, key, laneId)
  useFocusBack(draft.shared !== null, focusRef)
  const { busy, stop } = useAnswering(laneId, myId)

  if (!mayPrompt(me)) return <ReadingAlong />

  return (
    <div>
      {own.others.length > 0 && (
        <Suspense>
          <OthersDrafts drafts={own.others} readers={people} shown={draft.shared} onJoin={draft.join} />
        </Suspense>
      )}
      {gone.length > 0 && (
        <Suspense>
          <LeftNotice gone={gone} onLeaveOut={() => change(without(choice, gone))} />
        </Suspense>
      )}
      <PromptBox
        onPaste={(event) => sending.attachments?.onPaste(event)}
        draft={draft}
        choice={choice}
        focusRef={focusRef}
        onChange={(text) => {
          own.setText(text)
          typing(text !== '')
        }}
        onSubmit={sending.submit}
        onEscape={stop}
        above={
          <Suspense>
            <Attaching draft={draft} onReady={sending.setAttachments} onDone={focus} />
          </Suspense>
        }
      >
        <ComposerControls
          composed={composed}
          draft={draft}
          sending={sending}
          busy={busy}
          onChange={(next) => {
            typing(false)
            change(next)
          }}
          onDone={focus}
        />
      </PromptBox>
      <div className="flex h-6 items-center justify-between gap-3 px-1 pt-1 text-faint text-xs">
        <TypingLine />
        <span className="hidden shrink-0 md:inline">
          {draft.shared ? 'Ctrl-Enter or ⌘-Enter sends what you wrote together' : hint(busy)}
        </span>
      </div>
    </div>
  )
}

function ReadingAlong() {
  return (
    <p className="rounded-lg border border-line bg-side px-4 py-3 text-center text-dim text-sm">
      You are reading along. An owner can let you ask, too.
    </p>
  )
}

/** Whether a prompt would wait here now, and a way to stop one's own: the one here, or else one elsewhere. */
function useAnswering(laneId: string | undefined, myId: string) {
  const session = useSession()
  const { turns, entries } = useQueue()
  const inLane = (each: { laneId: string }) => each.laneId === laneId
  const busy = turns.some(inLane) || entries.some(inLane)
  const stop = () => {
    const mine = turns.filter(({ author }) => author.id === myId)
    const turn = mine.find(inLane) ?? mine[0]
    if (turn) session.cancel(turn.turnId).catch(tellRefusal)
  }
  return { busy, stop }
}

/** The shared editor goes when its draft is sent: whoever was writing in it goes on writing. */
function useFocusBack(together: boolean, focusRef: RefObject<(() => void) | null>): void {
  const before = useRef(together)
  useEffect(() => {
    const ended = before.current && !together
    before.current = together
    if (ended && document.activeElement === document.body) focusRef.current?.()
  }, [together, focusRef])
}

function hint(busy: boolean): string {
  return `Enter ${busy ? 'queues' : 'sends'} · Shift-Enter breaks the line`
}
