const TITLE_LENGTH = 200

/** Cut to what the server takes. */
export const cutTitle = (title: string) => title.slice(0, TITLE_LENGTH)

export interface TitleFieldProps {
  value: string
  onChange: (title: string) => void
}

export function TitleField({ value, onChange }: TitleFieldProps) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-dim text-xs">
      Title
      <input
        required
        maxLength={TITLE_LENGTH}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className="h-8 min-w-0 rounded-md border border-line-2 bg-raised px-2 text-ink text-sm max-md:text-[16px]"
      />
    </label>
  )
}
