export interface SwitchProps {
  /** What it switches, for those who listen. */
  label: string
  on: boolean
  disabled?: boolean
  onChange: (on: boolean) => void
}

/** Acts at once; what has to be saved first is a checkbox. */
export function Switch({ label, on, disabled = false, onChange }: SwitchProps) {
  return (
    <input
      type="checkbox"
      role="switch"
      aria-label={label}
      title={label}
      aria-checked={on}
      checked={on}
      disabled={disabled}
      onChange={({ target }) => onChange(target.checked)}
      className="switch"
    />
  )
}
