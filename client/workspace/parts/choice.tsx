import { ChevronDown } from 'lucide-react'

export interface ChoiceProps<T extends string> {
  label: string
  value: T
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
}

/** The platform's own select: it works with a thumb and with a screen reader. */
export function Choice<T extends string>({ label, value, options, onChange }: ChoiceProps<T>) {
  return (
    <label className="flex min-w-0 flex-col gap-1 text-dim text-xs">
      {label}
      <span className="relative flex">
        <select
          value={value}
          onChange={({ target }) => {
            const chosen = options.find((option) => option.value === target.value)
            if (chosen) onChange(chosen.value)
          }}
          className="h-8 w-full min-w-0 appearance-none truncate rounded-md border border-line-2 bg-raised pr-6 pl-2 text-ink text-sm"
        >
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown
          size={14}
          aria-hidden
          className="pointer-events-none absolute top-[9px] right-2 text-faint"
        />
      </span>
    </label>
  )
}
