import { Button } from '../parts/button.tsx'
import { isComposing } from '../parts/composing.ts'

export interface EditRowProps {
  text: string
  saving: boolean
  onChange: (text: string) => void
  onSave: () => void
  onCancel: () => void
}

export function EditRow({ text, saving, onChange, onSave, onCancel }: EditRowProps) {
  const ready = text.trim() !== '' && !saving
  return (
    <li className="flex flex-col gap-2 px-3 py-2">
      <textarea
        // biome-ignore lint/a11y/noAutofocus: the person has just asked to write here
        autoFocus
        aria-label="Edit the prompt"
        dir="auto"
        value={text}
        readOnly={saving}
        onChange={(event) => onChange(event.target.value)}
        onKeyDown={(event) => {
          if (isComposing(event)) return
          if (event.key === 'Escape') {
            event.stopPropagation()
            onCancel()
          }
          if (event.key === 'Enter' && !event.shiftKey && ready) {
            event.preventDefault()
            onSave()
          }
        }}
        className="field-sizing-content max-h-40 min-h-9 w-full resize-none rounded-sm border border-line-2 bg-raised px-2 py-1.5 text-sm max-md:text-[16px]"
      />
      <div className="flex justify-end gap-2">
        <Button size="sm" kind="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button size="sm" kind="fill" disabled={!ready} onClick={onSave}>
          Save
        </Button>
      </div>
    </li>
  )
}
