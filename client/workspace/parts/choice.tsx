import { ChevronDown } from 'lucide-react'

export interface ChoiceProps<T extends string> {
  label: string
  value: T
  options: readonly { value: T; label: string }[]
  onChange: (value: T) => void
  /** The label is only spoken: what stands around says it. */
  bare?: boolean
  disabled?: boolean
}

/** The platform's own select: it works with a thumb and with a screen reader. */
export function Choice<T extends string>(props: ChoiceProps<T>) {
  const { label, value, options, onChange, bare = false, disabled = false } = props
  return (
    <label className="flex min-w-0 flex-col gap-1 text-dim text-xs">
      <span className={bare ? 'sr-only' : ''}>{label}</span>
      <span className="relative flex">
        <select
          value={value}
          disabled={disabled}
          onChange={({ target }) => {
            const chosen = options.find((option) => option.value === target.value)
            if (chosen) onChange(chosen.value)
          }}
          className="h-8 w-full min-w-0 appearance-none truncate rounded-md border border-line-2 bg-raised pr-6 pl-2 text-ink text-sm disabled:opacity-60"
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
