import { Search } from 'lucide-react'

export interface FilterProps {
  label: string
  value: string
  onChange: (value: string) => void
}

/** Narrows a list to what is written. */
export function Filter({ label, value, onChange }: FilterProps) {
  return (
    <label className="relative mb-3 flex">
      <Search size={14} aria-hidden className="pointer-events-none absolute top-[9px] left-2.5 text-faint" />
      <input
        type="search"
        aria-label={label}
        placeholder={label}
        value={value}
        onChange={({ target }) => onChange(target.value)}
        className="h-8 w-full rounded-md border border-line-2 bg-raised pr-2 pl-8 text-sm max-md:text-[16px]"
      />
    </label>
  )
}

/** True where any of the words holds what is wanted, in whatever case. */
export function matches(wanted: string, words: readonly string[]): boolean {
  const part = wanted.trim().toLocaleLowerCase()
  return part === '' || words.some((word) => word.toLocaleLowerCase().includes(part))
}
