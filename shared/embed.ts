/** What the element `<colloquy-session>` and the page in its frame say to each other by `postMessage`. */

/** Where that page is, with `/s/<session id>` behind; `/origins` behind it tells who may frame it. */
export const EMBED_PATH = '/embed'

export const EMBED_THEMES = ['light', 'dark', 'system'] as const
export type EmbedTheme = (typeof EMBED_THEMES)[number]

/** From the page in the frame: it asks for a token (`ask` numbers the questions), and says how its session is. */
export type FromFrame =
  | { colloquy: 'ask'; ask: number }
  | { colloquy: 'ready' }
  | { colloquy: 'ended'; reason: string }

/** From the element: the answer to that question, null where it has none; and how the frame is to look. */
export type FromElement =
  | { colloquy: 'token'; ask: number; token: string | null }
  | { colloquy: 'theme'; theme: EmbedTheme }

/** No proof of who somebody is comes near this; whatever is longer is not looked at. */
const TOKEN_LENGTH = 16_384
const REASON = /^[A-Z_]{1,64}$/

/** What a page says, if it is one of these; anybody may post anything to a window. */
export function fromFrame(data: unknown): FromFrame | null {
  if (!isRecord(data)) return null
  if (data.colloquy === 'ask' && isCount(data.ask)) return { colloquy: 'ask', ask: data.ask }
  if (data.colloquy === 'ready') return { colloquy: 'ready' }
  if (data.colloquy === 'ended' && typeof data.reason === 'string' && REASON.test(data.reason)) {
    return { colloquy: 'ended', reason: data.reason }
  }
  return null
}

/** What the element says, if it is one of these. */
export function fromElement(data: unknown): FromElement | null {
  if (!isRecord(data)) return null
  const { colloquy, ask, token } = data
  if (colloquy === 'token' && isCount(ask)) {
    if (token === null) return { colloquy, ask, token }
    if (typeof token === 'string' && token.length <= TOKEN_LENGTH) return { colloquy, ask, token }
  }
  const theme = colloquy === 'theme' ? themeOf(data.theme) : null
  return theme && { colloquy: 'theme', theme }
}

export function themeOf(value: unknown): EmbedTheme | null {
  return EMBED_THEMES.find((each) => each === value) ?? null
}

function isRecord(data: unknown): data is Record<string, unknown> {
  return typeof data === 'object' && data !== null
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value)
}
