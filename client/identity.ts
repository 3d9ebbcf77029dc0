import { ColloquyError } from './errors.ts'

/** What a token says about its bearer. Nothing is verified here: the server does that. */
export interface TokenSubject {
  id: string
  name: string
}

/** Reads `sub` and `name` of a JWT; null when the token has no readable `sub`. */
function subjectOf(token: string): TokenSubject | null {
  const payload = token.split('.')[1]
  if (!payload) return null
  try {
    const binary = atob(payload.replaceAll('-', '+').replaceAll('_', '/'))
    const json = new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)))
    const claims: unknown = JSON.parse(json)
    if (typeof claims !== 'object' || claims === null || !('sub' in claims)) return null
    if (typeof claims.sub !== 'string' || claims.sub === '') return null
    const name = 'name' in claims && typeof claims.name === 'string' ? claims.name : claims.sub
    return { id: claims.sub, name }
  } catch {
    return null
  }
}

/**
 * The one person on whose behalf a connection acts. The first token fixes who that is: a later token of
 * somebody else is refused here, so that nothing one person wrote is ever sent as another.
 */
export class Identity {
  readonly #auth: () => string | Promise<string>
  #pending: Promise<string> | null = null
  #subject: TokenSubject | null = null

  constructor(auth: () => string | Promise<string>) {
    this.#auth = auth
  }

  /** Who this is, once a token was seen. */
  get subject(): TokenSubject | null {
    return this.#subject
  }

  /** @throws ColloquyError `AUTH_FAILED`, `UNAUTHENTICATED`, `IDENTITY_CHANGED` */
  token(): Promise<string> {
    if (!this.#pending) {
      const pending = this.#ask()
      this.#pending = pending
      pending.catch(() => {
        if (this.#pending === pending) this.#pending = null
      })
    }
    return this.#pending
  }

  /** @throws as `token` does */
  async who(): Promise<TokenSubject> {
    const subject = this.#subject ?? subjectOf(await this.token())
    return subject ?? fail('UNAUTHENTICATED', 'the token has no readable `sub`')
  }

  /** Forgets `stale`, or whatever token there is: `auth` is asked again for the next request. */
  async renew(stale?: string): Promise<void> {
    const pending = this.#pending
    if (!pending) return
    const current = await pending.catch(() => undefined)
    if (this.#pending === pending && (stale === undefined || stale === current)) this.#pending = null
  }

  async #ask(): Promise<string> {
    let token: string
    try {
      token = await this.#auth()
    } catch (cause) {
      throw new ColloquyError('AUTH_FAILED', 'auth() failed', { cause })
    }
    const subject = subjectOf(token) ?? fail('UNAUTHENTICATED', 'the token has no readable `sub`')
    if (this.#subject && this.#subject.id !== subject.id) {
      fail('IDENTITY_CHANGED', 'auth() answers for another person: connect again')
    }
    this.#subject ??= subject
    return token
  }
}

function fail(code: 'UNAUTHENTICATED' | 'IDENTITY_CHANGED', message: string): never {
  throw new ColloquyError(code, message, { status: 401 })
}
