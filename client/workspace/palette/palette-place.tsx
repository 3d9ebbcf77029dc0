import { Suspense, useEffect } from 'react'
import { later } from '../parts/later.tsx'
import { useStore } from '../parts/store.ts'
import { isShortcut, paletteOpen } from './palette-open.ts'

const Palette = later(() => import('./palette.tsx'))

/** Where the palette appears, by its shortcut, over whatever is on the screen. */
export function PalettePlace() {
  const open = useStore(paletteOpen)
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      if (!isShortcut(event) || event.isComposing) return
      event.preventDefault()
      paletteOpen.set(!paletteOpen.read())
    }
    addEventListener('keydown', pressed)
    return () => {
      removeEventListener('keydown', pressed)
      paletteOpen.set(false)
    }
  }, [])
  if (!open) return null
  return (
    <Suspense>
      <Palette onClose={() => paletteOpen.set(false)} />
    </Suspense>
  )
}
