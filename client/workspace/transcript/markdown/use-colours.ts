import { useEffect, useState } from 'react'
import type { Coloured, Colouring } from './colours/colouring.ts'

type Module = typeof import('./colours/colouring.ts')

let module: Module | null = null
let loading: Promise<Module> | null = null

/** Loaded with the first code that is shown. */
function load(): Promise<Module> {
  loading ??= import('./colours/colouring.ts').then((loaded) => {
    module = loaded
    return loaded
  })
  return loading
}

/** The colours of a block of code, as far as they are known; null: of nothing yet. */
export function useColours(code: string, language: string, growing: boolean): Coloured | null {
  const [coloured, setColoured] = useState<Coloured | null>(
    () => (!growing && module?.Colouring.known(language, code)) || null,
  )
  const [colouring, setColouring] = useState<Colouring | null>(null)
  // The name of the language may still grow before the first line is there.
  const begun = language !== '' && code !== ''

  useEffect(() => {
    if (!begun) return
    let made: Colouring | null = null
    let over = false
    load().then(
      ({ Colouring }) => {
        if (over) return
        made = new Colouring(language, setColoured)
        setColouring(made)
      },
      // Without colours it can be read as well.
      () => {},
    )
    return () => {
      over = true
      made?.close()
    }
  }, [begun, language])

  useEffect(() => colouring?.show(code, !growing), [colouring, code, growing])

  return coloured && code.startsWith(coloured.text) ? coloured : null
}
