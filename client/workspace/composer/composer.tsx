import type { Snapshot } from '@colloquy/client'
import { useDraft, usePeople, useQueue, useSession, useSnapshot } from '@colloquy/client/react'
import { ArrowUp, UsersRound } from 'lucide-react'
import { type Ref, type RefObject, Suspense, useEffect, useImperativeHandle, useRef, useState } from 'react'
import { IconButton } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { isKept } from '../parts/refusals.ts'
import { mayPrompt } from '../parts/roles.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { SharedField } from './lazy-shared-field.tsx'
import { ModelPicker } from './model-picker.tsx'
import { OthersDrafts } from './others-drafts.tsx'
import { PromptField } from './prompt-field.tsx'
import { ToolsOffered } from './tools-offered.tsx'
import { TypingLine } from './typing-line.tsx'
import { useSentByOthers } from './use-sent-by-others.ts'
import { useShownDraft } from './use-shown-draft.ts'

const select = ({ me, members, connection }: Snapshot) => ({ me, members, connection })

export interface ComposerHandle {
  /** Gives focus back to where one writes. */
  focus(): void
  /** Puts a text behind what is written. */
  giveBack(text: string): void
}

export function Composer({ ref }: { ref: Ref<ComposerHandle> }) {
  const { me, connection } = useSnapshot(select)
  const session = useSession()
  const { turn, entries } = useQueue()
  const { setTyping } = usePeople()
  const own = useDraft()
  const draft = useShownDraft(own)
  const focusRef = useRef<(() => void) | null>(null)
  useImperativeHandle(ref, () => ({ focus: () => focusRef.current?.(), giveBack: own.giveBack }), [own])
  useSentByOthers(own)
  useFocusBack(draft.shared !== null, focusRef)
  const [model, setModel] = useState<string | undefined>(undefined)
  const ready = draft.text.trim() !== ''
  const busy = turn !== null || entries.length > 0

  if (!mayPrompt(me)) {
    return (
      <p className="rounded-lg border border-line bg-side px-4 py-3 text-center text-dim text-sm">
        You are reading along. An owner can let you ask, too.
      </p>
    )
  }

  const submit = () => {
    const text = draft.text.trim()
    if (text === '') return
    setTyping(false)
    draft.clear()
    session.prompt(text, model === undefined ? {} : { model }).catch((error: unknown) => {
      tellRefusal(error)
      // Words are never lost to a refusal; whatever was written meanwhile stays in front.
      if (!isKept(error)) own.giveBack(text)
    })
    focusRef.current?.()
  }
  const stop = () => {
    if (turn && turn.author.id === me?.id) session.cancel(turn.turnId).catch(tellRefusal)
  }
  const toggle = () => {
    const done = draft.shared ? draft.leave() : own.share()
    done.then(() => focusRef.current?.(), tellRefusal)
  }

  return (
    <div>
      <OthersDrafts drafts={own.others} shown={draft.shared} onJoin={draft.join} />
      <div className="rounded-lg border border-line-2 bg-raised transition-colors focus-within:border-accent">
        {draft.shared ? (
          <Suspense
            fallback={<PromptField value={draft.text} label="Prompt" placeholder="Opening…" readOnly />}
          >
            <SharedField
              key={draft.shared.draftId}
              draft={draft.shared}
              focusRef={focusRef}
              onSubmit={submit}
              onLeave={stop}
            />
          </Suspense>
        ) : (
          <PromptField
            value={draft.text}
            label="Prompt"
            placeholder="Ask. Everyone here reads along."
            focusRef={focusRef}
            onChange={(text) => {
              own.setText(text)
              setTyping(text !== '')
            }}
            onSubmit={submit}
            onEscape={stop}
          />
        )}
        <div className="flex items-center gap-1 px-1.5 pb-1.5">
          <button
            type="button"
            aria-pressed={draft.shared !== null}
            onClick={toggle}
            disabled={connection.state !== 'live'}
            title={draft.shared ? 'Write alone again' : 'Others here can write this prompt with you'}
            className="flex h-7 items-center gap-1.5 rounded-sm px-2 font-medium text-dim text-sm transition-colors hover:bg-wash hover:text-ink disabled:text-faint aria-pressed:bg-tint aria-pressed:text-accent"
          >
            <UsersRound size={14} aria-hidden />
            Write together
          </button>
          <ModelPicker value={model} onChange={setModel} />
          <span className="ml-auto flex min-w-0 items-center gap-1 pr-1 text-faint text-xs">
            {me && (
              <span className="min-w-0 truncate">
                as <Name>{me.name}</Name>
              </span>
            )}
            <ToolsOffered />
          </span>
          <IconButton
            label={busy ? 'Queue the prompt' : 'Send the prompt'}
            disabled={!ready}
            onClick={submit}
            className="bg-fill text-on-fill hover:bg-fill-2 hover:text-on-fill disabled:bg-wash-2 disabled:text-faint"
          >
            <ArrowUp size={16} aria-hidden />
          </IconButton>
        </div>
      </div>
      <div className="flex h-6 items-center justify-between gap-3 px-1 pt-1 text-faint text-xs">
        <TypingLine />
        <span className="hidden shrink-0 md:inline">
          {draft.shared ? 'Ctrl-Enter or ⌘-Enter sends what you wrote together' : hint(busy)}
        </span>
      </div>
    </div>
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
