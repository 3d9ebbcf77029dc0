// How a person comes in: development links carry a token, invites a code. Both stand in the fragment, which
// browsers send to no server.

import { inTab } from '../parts/page-storage.ts'

const TOKEN_KEY = 'colloquy/token'
const OFFER_KEY = 'colloquy/offer'

export interface InviteLink {
  sessionId: string
  code: string
}

/** The token of this tab: two tabs of one browser may be two people. */
export function tabToken(): string | null {
  return inTab.getItem(TOKEN_KEY)
}

export function keepTabToken(token: string | null): void {
  if (token === null) inTab.removeItem(TOKEN_KEY)
  else inTab.setItem(TOKEN_KEY, token)
}

/** A token that a link brought and that nobody has accepted yet. */
export function offeredToken(): string | null {
  return inTab.getItem(OFFER_KEY)
}

export function dropOffer(): void {
  inTab.removeItem(OFFER_KEY)
}

/** True for the tokens of the links that a server prints in development: they sign in their own tab. */
export function isOfDevelopment(token: string): boolean {
  try {
    const payload = atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))
    return (JSON.parse(payload) as { dev?: unknown }).dev === true
  } catch {
    return false
  }
}

/** Takes the token out of the address, and turns links to a session into its own path. */
export function takeEntry(): void {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const query = new URLSearchParams(location.search)
  const token = fragment.get('token')
  const session = query.get('session')
  if (token !== null) {
    // Whoever made a link chooses who its reader becomes: outside of development the reader is asked first.
    if (isOfDevelopment(token)) keepTabToken(token)
    else inTab.setItem(OFFER_KEY, token)
    fragment.delete('token')
  }
  if (token === null && session === null) return
  query.delete('session')
  const path = session === null ? location.pathname : sessionPath(session)
  history.replaceState(null, '', path + withPrefix('?', query) + withPrefix('#', fragment))
}

/** The invite that the address names; it stays there until it is accepted, so that a reload shows it again. */
export function inviteOfAddress(): InviteLink | null {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const [sessionId, code] = [fragment.get('session'), fragment.get('invite')]
  return sessionId && code ? { sessionId, code } : null
}

export function sessionPath(sessionId: string): string {
  return `/s/${encodeURIComponent(sessionId)}`
}

export function messagePath(sessionId: string, messageId: string): string {
  return `${sessionPath(sessionId)}#m=${encodeURIComponent(messageId)}`
}

/** A place in the workspace of a server, as links outside of it name it. */
export function urlOn(server: string, path: string): string {
  return new URL(path, new URL(server, location.href)).href
}

/**
 * The message of this session that the address names. Once: it leaves the address, so that a reload shows what is new,
 * and the same link leads there again.
 */
export function takeMessage(sessionId: string): string | null {
  if (location.pathname !== sessionPath(sessionId)) return null
  const fragment = new URLSearchParams(location.hash.slice(1))
  const messageId = fragment.get('m')
  if (!messageId) return null
  fragment.delete('m')
  history.replaceState(history.state, '', location.pathname + location.search + withPrefix('#', fragment))
  return messageId
}

/** Links within the page are pushed (the router tells of it), those pasted into an open tab change the fragment. */
const MOVES = ['hashchange', 'pushState', 'popstate'] as const

export function watchAddress(moved: () => void): () => void {
  for (const move of MOVES) addEventListener(move, moved)
  return () => {
    for (const move of MOVES) removeEventListener(move, moved)
  }
}

function withPrefix(prefix: string, params: URLSearchParams): string {
  const text = params.toString()
  return text === '' ? '' : prefix + text
}
