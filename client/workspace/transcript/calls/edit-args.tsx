import { useId } from 'react'
import { Button } from '../../parts/button.tsx'
import { isComposing } from '../../parts/composing.ts'
import { readArgs } from './exact-json.ts'

export interface EditArgsProps {
  text: string
  /** What they are now. */
  before: string
  saving: boolean
  /** Why the server did not take them. */
  refused: string | null
  onChange: (text: string) => void
  onPropose: (args: Record<string, unknown>) => void
  onCancel: () => void
}

/** A call's arguments as its author may change them: what is proposed asks for consent anew. */
export default function EditArgs({
  text,
  before,
  saving,
  refused,
  onChange,
  onPropose,
  onCancel,
}: EditArgsProps) {
  const id = useId()
  const read = readArgs(text)
  const problem = 'problem' in read ? read.problem : refused
  const propose = () => {
    if ('args' in read && text !== before && !saving) onPropose(read.args)
  }
  return (
    <div className="flex flex-col gap-2">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        aria-label="Arguments, as JSON"
        aria-invalid={problem !== null}
        aria-describedby={id}
        dir="ltr"
        spellCheck={false}
        value={text}
        readOnly={saving}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (isComposing(event)) return
          if (event.key === 'Escape') {
            event.stopPropagation()
            onCancel()
          }
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) propose()
        }}
        className="scroll field-sizing-content max-h-[50dvh] min-h-24 w-full resize-none rounded-sm border border-line-2 bg-bg px-2.5 py-2 font-mono text-xs max-md:text-[16px]"
      />
      <p id={id} role="status" className="whitespace-pre-wrap text-bad text-xs empty:hidden">
        {problem}
      </p>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          kind="fill"
          disabled={problem !== null || text === before || saving}
          onClick={propose}
        >
          Propose change
        </Button>
        <Button size="sm" kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
      </div>
    </div>
  )
}
