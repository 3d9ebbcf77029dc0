import { Search } from 'lucide-react'
import { railOpen } from '../rail/rail-open.ts'
import { ARIA_SHORTCUT, paletteOpen, SHORTCUT } from './palette-open.ts'

export function SearchButton() {
  const open = () => {
    railOpen.set(false)
    // Once the sheet that the rail is on a phone has given focus back.
    setTimeout(() => paletteOpen.set(true))
  }
  return (
    <button
      type="button"
      aria-keyshortcuts={ARIA_SHORTCUT}
      onClick={open}
      className="mt-1.5 flex h-8 w-full items-center gap-2 rounded-md px-2.5 text-dim text-sm transition-colors hover:bg-wash hover:text-ink"
    >
      <Search size={14} aria-hidden />
      Search
      <kbd aria-hidden className="ml-auto font-sans text-faint text-xs max-md:hidden">
        {SHORTCUT}
      </kbd>
    </button>
  )
}
