import type { Audience, Snapshot } from '@colloquy/client'
import { usePeople, useQueue, useSession, useSnapshot } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { ArrowUp } from 'lucide-react'
import { type Ref, type RefObject, Suspense, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { audienceOf, peopleOf, without } from '../audience/choice.ts'
import { IconButton } from '../parts/button.tsx'
import { later, laterUnseen, soon } from '../parts/later.tsx'
import { isKept } from '../parts/refusals.ts'
import { mayPrompt } from '../parts/roles.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { useAccount } from '../sign-in/account.ts'
import type { Attachments } from './attachments/attachments.ts'
import { AudiencePicker } from './audience-picker.tsx'
import { Credit } from './credit.tsx'
import { ModelPicker } from './model-picker.tsx'
import { PromptBox } from './prompt-box.tsx'
import { TypingLine } from './typing-line.tsx'
import { useComposed } from './use-composed.ts'
import { useSentByOthers } from './use-sent-by-others.ts'
import { useShownDraft } from './use-shown-draft.ts'

const Attaching = later(() => import('./attachments/attaching.tsx'))
const OthersDrafts = laterUnseen(() => import('./others-drafts.tsx'))
const LeftNotice = soon(() => import('./left-notice.tsx'))
const WriteTogether = later(() => import('./write-together.tsx'))
const AttachButton = later(() => import('./attachments/attach-button.tsx'))

const selectMe = ({ me }: Snapshot) => me

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
  const me = useSnapshot(selectMe)
  const session = useSession()
  const { userId } = useAccount().me
  const { turns, entries } = useQueue()
  const { setTyping } = usePeople()
  const { own, key, choice, candidates, laneId, boardId, gone, change, takeBack, turnTo } = useComposed()
  const draft = useShownDraft(own, laneId ?? key)
  const focusRef = useRef<(() => void) | null>(null)
  const focus = () => focusRef.current?.()
  const [attachments, setAttachments] = useState<Attachments | null>(null)
  const wordsOf = (text: string) => attachments?.takeBack(text) ?? text
  const giveBack = (text: string, audience?: Audience) => takeBack(wordsOf(text), audience)
  useImperativeHandle(ref, () => ({ focus, giveBack, turnTo }))
  useSentByOthers(own, key, laneId)
  useFocusBack(draft.shared !== null, focusRef)
  const [model, setModel] = useState<string | undefined>(undefined)
  const inLane = (each: { laneId: string }) => each.laneId === laneId
  const busy = turns.some(inLane) || entries.some(inLane)
  const open = choice === EVERYONE
  // Those who may hear that it is written, and nobody else.
  const people = peopleOf(choice, userId, candidates)

  if (!mayPrompt(me)) return <ReadingAlong />

  const waits = attachments?.waits ?? null
  const empty = draft.text.trim() === '' && !attachments?.some
  const ready = !empty && gone.length === 0 && waits === null

  const submit = () => {
    if (!ready) return
    setTyping(false, people)
    const audience = audienceOf(choice, userId)
    const send = (text: string) => {
      const options = { audience, ...(model === undefined ? {} : { model }) }
      session.prompt(text, options).catch((error: unknown) => {
        tellRefusal(error)
        // Words are never lost to a refusal; whatever was written meanwhile stays in front.
        if (!isKept(error)) own.giveBack(wordsOf(text))
      })
    }
    if (attachments?.some) void attachments.send(audience, send)
    else {
      const text = draft.text.trim()
      draft.clear()
      send(text)
    }
    focus()
    onSent()
  }
  const stop = () => {
    const mine = turns.filter(({ author }) => author.id === userId)
    const turn = mine.find(inLane) ?? mine[0]
    if (turn) session.cancel(turn.turnId).catch(tellRefusal)
  }

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
        onPaste={(event) => attachments?.onPaste(event)}
        draft={draft}
        choice={choice}
        focusRef={focusRef}
        onChange={(text) => {
          own.setText(text)
          setTyping(text !== '', people)
        }}
        onSubmit={submit}
        onEscape={stop}
        above={
          <Suspense>
            <Attaching draft={draft} onReady={setAttachments} onDone={focus} />
          </Suspense>
        }
      >
        <div className="flex items-center gap-1 px-1.5 pb-1.5">
          <AudiencePicker
            choice={choice}
            candidates={candidates}
            myId={userId}
            onChange={(next) => {
              setTyping(false, people)
              change(next)
            }}
            onDone={focus}
          />
          <Suspense fallback={<AttachPlace />}>
            {attachments ? <AttachButton onFiles={attachments.add} /> : <AttachPlace />}
          </Suspense>
          <Suspense fallback={<span className="w-8 shrink-0 sm:w-[119px]" />}>
            <WriteTogether own={own} draft={draft} choice={choice} boardId={boardId} onDone={focus} />
          </Suspense>
          <ModelPicker value={model} onChange={setModel} />
          <Credit />
          <IconButton
            label={waits ?? (busy ? 'Queue the prompt' : 'Send the prompt')}
            disabled={!ready}
            onClick={submit}
            className={`${open ? 'bg-fill hover:bg-fill-2' : 'bg-private-fill hover:bg-private-fill-2'} text-on-fill hover:text-on-fill disabled:bg-wash-2 disabled:text-faint`}
          >
            <ArrowUp size={16} aria-hidden />
          </IconButton>
        </div>
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

/** Nothing can be attached before what takes it is here. */
const AttachPlace = () => <span className="size-7 shrink-0" />

function ReadingAlong() {
  return (
    <p className="rounded-lg border border-line bg-side px-4 py-3 text-center text-dim text-sm">
      You are reading along. An owner can let you ask, too.
    </p>
  )
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
