// How a person comes in: development links carry a token, invites a code. Both stand in the fragment, which
// browsers send to no server.

const TOKEN_KEY = 'colloquy/token'

export interface InviteLink {
  sessionId: string
  code: string
}

/** The token of this tab: two tabs of one browser may be two people. */
export function tabToken(): string | null {
  return sessionStorage.getItem(TOKEN_KEY)
}

export function keepTabToken(token: string | null): void {
  if (token === null) sessionStorage.removeItem(TOKEN_KEY)
  else sessionStorage.setItem(TOKEN_KEY, token)
}

/** Takes the token out of the address, and turns links to a session into its own path. */
export function takeEntry(): void {
  const fragment = new URLSearchParams(location.hash.slice(1))
  const query = new URLSearchParams(location.search)
  const token = fragment.get('token')
  const session = query.get('session')
  if (token !== null) {
    keepTabToken(token)
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

function withPrefix(prefix: string, params: URLSearchParams): string {
  const text = params.toString()
  return text === '' ? '' : prefix + text
}
