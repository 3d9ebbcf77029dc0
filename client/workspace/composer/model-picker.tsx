import { ChevronDown } from 'lucide-react'
import { useAccount } from '../sign-in/account.ts'

export interface ModelPickerProps {
  /** Undefined: the workspace's default. */
  value: string | undefined
  onChange: (model: string | undefined) => void
}

/** Only where there is something to pick. */
export function ModelPicker({ value, onChange }: ModelPickerProps) {
  const { models } = useAccount().info
  if (models.length < 2) return null
  return (
    <span className="relative flex min-w-0">
      <select
        aria-label="Model"
        value={value ?? models[0]}
        onChange={({ target }) => onChange(target.value === models[0] ? undefined : target.value)}
        className="h-7 min-w-0 max-w-44 appearance-none truncate rounded-sm bg-transparent pr-6 pl-2 text-dim text-sm transition-colors hover:bg-wash hover:text-ink"
      >
        {models.map((model) => (
          <option key={model} value={model} className="bg-raised text-ink">
            {model}
          </option>
        ))}
      </select>
      <ChevronDown
        size={13}
        aria-hidden
        className="pointer-events-none absolute top-2 right-1.5 text-faint"
      />
    </span>
  )
}
