import { EMBED_PATH } from '@colloquy/shared/embed'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { applyTheme } from './parts/theme.tsx'
import { takeEntry } from './sign-in/entry.ts'

const place = document.getElementById('workspace')
if (!place) throw new Error('the page has no place for the workspace')
const root = createRoot(place)

if (location.pathname.startsWith(`${EMBED_PATH}/`)) {
  // Another way in, that only frames on other sites take: without the cookie, and without a token in the address.
  void import('./embed/start.tsx').then(({ start }) => start(root))
} else {
  takeEntry()
  applyTheme()
  root.render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
