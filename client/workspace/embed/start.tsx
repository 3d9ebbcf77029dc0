import { themeOf } from '@colloquy/shared/embed'
import { StrictMode } from 'react'
import type { Root } from 'react-dom/client'
import { Announcer } from '../parts/announcer.tsx'
import { applyTheme } from '../parts/theme.tsx'
import { Toasts } from '../parts/toasts.tsx'
import { Embedded } from './embedded.tsx'

/** A session alone, in a frame of a page elsewhere. */
export function start(root: Root): void {
  applyTheme(themeOf(new URLSearchParams(location.search).get('theme')) ?? 'system')
  root.render(
    <StrictMode>
      <Embedded session={sessionOf(location.pathname)} />
      <Toasts />
      <Announcer />
    </StrictMode>,
  )
}

function sessionOf(path: string): string {
  try {
    return decodeURIComponent(path.split('/')[3] ?? '')
  } catch {
    return ''
  }
}
