import { inTab } from '../parts/page-storage.ts'

/** The prompt that a new session begins with, on its way from the home screen; it outlives a reload. */

export interface FirstPrompt {
  text: string
  model?: string | undefined
}

const keyOf = (sessionId: string) => `colloquy/first/${sessionId}`

export function keepFirstPrompt(sessionId: string, prompt: FirstPrompt): void {
  inTab.setItem(keyOf(sessionId), JSON.stringify(prompt))
}

/** Once: whoever takes it sends it. */
export function takeFirstPrompt(sessionId: string): FirstPrompt | null {
  const kept = inTab.getItem(keyOf(sessionId))
  if (kept === null) return null
  inTab.removeItem(keyOf(sessionId))
  return JSON.parse(kept) as FirstPrompt
}
