import { type ClipboardEvent, type ReactNode, type RefObject, Suspense, useRef } from 'react'
import type { Choice } from '../audience/choice.ts'
import { choiceWords } from '../audience/reader-words.ts'
import { laterUnseen } from '../parts/later.tsx'
import { SharedField } from './lazy-shared-field.tsx'
import { PromptField } from './prompt-field.tsx'
import type { ShownDraft } from './use-shown-draft.ts'

const MentionList = laterUnseen(() => import('../mentions/mention-list.tsx'))

export interface PromptBoxProps {
  draft: ShownDraft
  choice: Choice
  focusRef: RefObject<(() => void) | null>
  onChange: (text: string) => void
  onSubmit: () => void
  onEscape: () => void
  onPaste: (event: ClipboardEvent) => void
  /** What stands above the field. */
  above?: ReactNode
  /** What stands below the field. */
  children: ReactNode
}

/** Where the prompt is written, alone or together; violet where not everyone reads it. */
export function PromptBox({
  draft,
  choice,
  focusRef,
  onChange,
  onSubmit,
  onEscape,
  onPaste,
  above,
  children,
}: PromptBoxProps) {
  const open = choice === 'everyone'
  const words = choiceWords(choice)
  const field = useRef<HTMLTextAreaElement>(null)
  return (
    <div
      onPasteCapture={onPaste}
      className={`relative rounded-lg border bg-raised transition-colors ${open ? 'border-line-2 focus-within:border-accent' : 'border-private-line focus-within:border-private'}`}
    >
      {above}
      {draft.shared ? (
        <Suspense
          fallback={<PromptField value={draft.text} label="Prompt" placeholder="Opening…" readOnly />}
        >
          <SharedField
            key={draft.shared.draftId}
            draft={draft.shared}
            placeholder={`Write together. ${open ? 'Everyone who may ask sees' : `${words} see`} this draft.`}
            focusRef={focusRef}
            onSubmit={onSubmit}
            onLeave={onEscape}
          />
        </Suspense>
      ) : (
        <PromptField
          fieldRef={field}
          value={draft.text}
          label="Prompt"
          placeholder={open ? 'Ask. Everyone here reads along.' : `Ask. ${words} will read this.`}
          focusRef={focusRef}
          onChange={onChange}
          onSubmit={onSubmit}
          onEscape={onEscape}
        />
      )}
      {!draft.shared && draft.text.includes('@') && (
        <Suspense>
          <MentionList field={field} text={draft.text} />
        </Suspense>
      )}
      {children}
    </div>
  )
}
