import type { PersonRef, ToolPart } from '@colloquy/client'
import { ChevronRight } from 'lucide-react'
import { memo, useId } from 'react'
import { Name } from '../../parts/name.tsx'
import { cleanName } from '../../parts/names.ts'
import { useKept } from '../../parts/use-kept.ts'
import { phaseOf } from './call-phase.ts'
import { durationOf, footnotesOf, PHASE_WORDS, sentenceOf } from './call-words.ts'
import { exactJson, shownResult } from './exact-json.ts'
import { PhaseIcon } from './phase-icon.tsx'
import { ValueBox } from './value-box.tsx'

export interface CallCardProps {
  part: ToolPart
  /** Whose rights it has: the author's of the prompt, never another's. */
  author: PersonRef
  /** Its answer has not ended. */
  live: boolean
}

/** A tool call in one line, which opens to what was asked and what came back. */
export const CallCard = memo(function CallCard({ part, author, live }: CallCardProps) {
  const [open, setOpen] = useKept(`open/${part.toolCallId}`, false)
  const id = useId()
  const phase = phaseOf(part, live)
  const sentence = sentenceOf(part, phase)
  const { effect } = part.toolMetadata
  const took = durationOf(part.toolMetadata)
  return (
    <div className="overflow-hidden rounded-md border first:mt-1 border-line bg-side">
      <button
        type="button"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
        className="flex min-h-8 w-full items-center gap-2 px-2.5 text-left outline-offset-[-2px] transition-colors hover:bg-wash"
      >
        <PhaseIcon phase={phase} />
        <bdi className="min-w-0 truncate font-mono text-xs">{cleanName(part.toolName)}</bdi>
        <span className="min-w-0 truncate text-faint text-xs">
          as <Name>{author.name}</Name> · {effect}
          {took !== null && ` · ${took}`}
          <span className={phase === 'done' || sentence !== null ? 'sr-only' : ''}>
            {' · '}
            {PHASE_WORDS[phase]}
          </span>
        </span>
        <ChevronRight
          size={14}
          aria-hidden
          className={`ml-auto shrink-0 text-faint transition-transform ${open ? 'rotate-90' : ''}`}
        />
      </button>
      {sentence !== null && <p className="pr-2.5 pb-1.5 pl-8 text-dim text-xs">{sentence}</p>}
      <div id={id} hidden={!open}>
        {open && <Details part={part} notes={footnotesOf(part, phase)} />}
      </div>
    </div>
  )
})

function Details({ part, notes }: { part: ToolPart; notes: readonly string[] }) {
  return (
    <div className="flex flex-col gap-2.5 border-line border-t p-2.5">
      <ValueBox label="Arguments" text={exactJson(part.input)} />
      <Outcome part={part} />
      {notes.length > 0 && <p className="text-faint text-xs">{notes.join(' ')}</p>}
    </div>
  )
}

function Outcome({ part }: { part: ToolPart }) {
  if (part.state === 'output-available') {
    const { text, note } = shownResult(part.output, part.toolMetadata.outputLength)
    return <ValueBox label="Result" text={text} note={note !== null && <span>{note}</span>} />
  }
  const told =
    part.state === 'output-error'
      ? part.errorText
      : part.state === 'output-denied'
        ? part.approval.reason
        : undefined
  return told ? <ValueBox label="What the assistant was told" text={told} /> : null
}
