import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app.tsx'
import { applyTheme } from './parts/theme.tsx'
import { takeEntry } from './sign-in/entry.ts'

takeEntry()
applyTheme()

const place = document.getElementById('workspace')
if (!place) throw new Error('the page has no place for the workspace')
createRoot(place).render(
  <StrictMode>
    <App />
  </StrictMode>,
)
