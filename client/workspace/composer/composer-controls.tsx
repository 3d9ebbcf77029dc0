import { EVERYONE } from '@colloquy/shared/audience'
import { ArrowUp } from 'lucide-react'
import { Suspense } from 'react'
import type { Choice } from '../audience/choice.ts'
import { IconButton } from '../parts/button.tsx'
import { later } from '../parts/later.tsx'
import { AudiencePicker } from './audience-picker.tsx'
import { Credit } from './credit.tsx'
import { ModelPicker } from './model-picker.tsx'
import type { Composed } from './use-composed.ts'
import type { Sending } from './use-sending.ts'
import type { ShownDraft } from './use-shown-draft.ts'

const WriteTogether = later(() => import('./write-together.tsx'))
const AttachButton = later(() => import('./attachments/attach-button.tsx'))

/** Nothing can be attached before what takes it is here. */
const attachPlace = <span className="size-7 shrink-0" />

export interface ComposerControlsProps {
  composed: Composed
  draft: ShownDraft
  sending: Sending
  /** True when a prompt would wait. */
  busy: boolean
  onChange: (choice: Choice) => void
  /** Gives focus back to where one writes. */
  onDone: () => void
}

/** The row below the field: who reads, what goes along, which model, and off. */
export function ComposerControls(props: ComposerControlsProps) {
  const { composed, draft, sending, busy, onDone } = props
  const { choice } = composed
  const { attachments } = sending
  return (
    <div className="flex items-center gap-1 px-1.5 pb-1.5">
      <AudiencePicker
        choice={choice}
        candidates={composed.candidates}
        myId={composed.myId}
        onChange={props.onChange}
        onDone={onDone}
      />
      <Suspense fallback={attachPlace}>
        {attachments ? <AttachButton onFiles={attachments.add} /> : attachPlace}
      </Suspense>
      <Suspense fallback={<span className="w-8 shrink-0 sm:w-[119px]" />}>
        <WriteTogether
          own={composed.own}
          draft={draft}
          choice={choice}
          boardId={composed.boardId}
          onDone={onDone}
        />
      </Suspense>
      <ModelPicker value={sending.model} onChange={sending.setModel} />
      <Credit />
      <IconButton
        label={sending.waits ?? (busy ? 'Queue the prompt' : 'Send the prompt')}
        disabled={!sending.ready}
        onClick={sending.submit}
        className={`${choice === EVERYONE ? 'bg-fill hover:bg-fill-2' : 'bg-private-fill hover:bg-private-fill-2'} text-on-fill hover:text-on-fill disabled:bg-wash-2 disabled:text-faint`}
      >
        <ArrowUp size={16} aria-hidden />
      </IconButton>
    </div>
  )
}
