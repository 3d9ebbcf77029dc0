import { EVERYONE } from '@colloquy/shared/audience'
import { ChevronDown, Lock, Users } from 'lucide-react'
import { Suspense } from 'react'
import { type Candidates, type Choice, keyOf } from '../audience/choice.ts'
import { choiceWords, willRead } from '../audience/reader-words.ts'
import { soon } from '../parts/later.tsx'
import { Popover } from '../parts/popover.tsx'

const ReadersPicker = soon(() => import('../audience/readers-picker.tsx'))

export interface AudiencePickerProps {
  choice: Choice
  candidates: Candidates
  myId: string
  onChange: (choice: Choice) => void
  /** Gives focus back to where one writes. */
  onDone: () => void
}

/** Says at all times who will read the next question and its answer, and changes it. */
export function AudiencePicker({ choice, candidates, myId, onChange, onDone }: AudiencePickerProps) {
  const open = choice === EVERYONE
  const words = choiceWords(choice)
  return (
    <Popover
      label={`Who reads: ${words}`}
      button={
        <>
          {open ? (
            <Users size={14} className="shrink-0" aria-hidden />
          ) : (
            <Lock size={13} className="shrink-0" aria-hidden />
          )}
          <span className="min-w-0 truncate">
            {open ? (
              <>
                Everyone<span className="max-sm:hidden"> here, now and later</span>
              </>
            ) : (
              <bdi>{words}</bdi>
            )}
          </span>
          <ChevronDown size={13} className="shrink-0 opacity-70" aria-hidden />
        </>
      }
      buttonClass={`flex h-7 min-w-0 max-w-72 items-center gap-1.5 rounded-sm px-2 font-medium text-sm transition-colors ${open ? 'text-dim hover:bg-wash hover:text-ink' : 'bg-private-tint text-private hover:bg-private-wash'}`}
      side="top"
      className="w-[min(300px,calc(100vw-16px))]"
    >
      {(close) => (
        <Suspense fallback={<div className="h-40" />}>
          <ReadersPicker
            takesFocus
            label="Who reads the question and its answer"
            choice={choice}
            candidates={candidates}
            myId={myId}
            onlyMe="A question that nobody else sees"
            onChange={(next) => {
              if (keyOf(next) !== keyOf(choice)) onChange(next)
            }}
            onDone={() => {
              close()
              onDone()
            }}
          />
          <p
            aria-live="polite"
            className={`mt-1 border-line border-t px-2 pt-2 pb-1 text-xs ${open ? 'text-dim' : 'text-private'}`}
          >
            {willRead(choice, 'the question and its answer')}
          </p>
        </Suspense>
      )}
    </Popover>
  )
}
