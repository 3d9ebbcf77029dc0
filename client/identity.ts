import type { MeAnswer } from '@colloquy/shared/answers'
import { ColloquyError } from './errors.ts'

/** What a token or the server says about its bearer. Nothing is verified here: the server does that. */
export interface TokenSubject {
  id: string
  name: string
}

/** What a request carries to be somebody's: a token, or null where the browser adds its cookie. */
export interface Proof {
  readonly token: string | null
  /** Whose cookie it has to be. */
  readonly meantFor?: string
}

/**
 * The one person on whose behalf a connection acts. The first proof fixes who that is: a later one of somebody
 * else is refused here, so that nothing one person wrote is ever sent as another.
 */
export interface Credentials {
  /** Who this is, once it is known. */
  readonly subject: TokenSubject | null
  /** @throws ColloquyError `AUTH_FAILED`, `UNAUTHENTICATED`, `IDENTITY_CHANGED`, `OFFLINE` */
  who(): Promise<TokenSubject>
  /** For one request, to be asked for each. @throws as `who` does */
  proof(): Promise<Proof>
  /** The same where nobody need be signed in. */
  guestProof(): Promise<Proof>
  /** The server no longer takes `stale`, or whatever there is: another is asked for with the next request. */
  renew(stale?: Proof): Promise<void>
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

/** A person who has bearer tokens. */
export class Identity implements Credentials {
  readonly #auth: () => string | Promise<string>
  #pending: Promise<string> | null = null
  #subject: TokenSubject | null = null

  constructor(auth: () => string | Promise<string>) {
    this.#auth = auth
  }

  get subject(): TokenSubject | null {
    return this.#subject
  }

  async proof(): Promise<Proof> {
    return { token: await this.#token() }
  }

  guestProof(): Promise<Proof> {
    return this.proof()
  }

  #token(): Promise<string> {
    if (!this.#pending) {
      const pending = this.#ask()
      this.#pending = pending
      pending.catch(() => {
        if (this.#pending === pending) this.#pending = null
      })
    }
    return this.#pending
  }

  async who(): Promise<TokenSubject> {
    const subject = this.#subject ?? subjectOf(await this.#token())
    return subject ?? fail('UNAUTHENTICATED', 'the token has no readable `sub`')
  }

  async renew(stale?: Proof): Promise<void> {
    const pending = this.#pending
    if (!pending) return
    const current = await pending.catch(() => undefined)
    if (this.#pending === pending && (stale === undefined || stale.token === current)) this.#pending = null
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

/**
 * The person whom this browser's cookie stands for. All its tabs share that cookie and any of them may change
 * it, so each request names the person it is meant for, and the server refuses it where that is somebody else.
 */
export class CookieIdentity implements Credentials {
  readonly #me: () => Promise<MeAnswer>
  #asking: Promise<MeAnswer> | null = null
  #signIns = 0
  #subject: TokenSubject | null = null

  constructor(me: () => Promise<MeAnswer>) {
    this.#me = me
  }

  get subject(): TokenSubject | null {
    return this.#subject
  }

  async who(): Promise<TokenSubject> {
    if (this.#subject) return this.#subject
    const { userId: id, name } = await this.ask()
    return { id, name }
  }

  async proof(): Promise<Proof> {
    return { token: null, meantFor: (await this.who()).id }
  }

  /** A guest has no cookie and nobody to be mistaken for. */
  async guestProof(): Promise<Proof> {
    return this.#subject ? this.proof() : { token: null }
  }

  async renew(): Promise<void> {}

  /** Whose cookie it is now; requests that are made together ask once. @throws as `who` does */
  ask(): Promise<MeAnswer> {
    this.#asking ??= this.#read(this.#signIns).finally(() => {
      this.#asking = null
    })
    return this.#asking
  }

  /** Signed in or out here: whoever comes next is somebody new. */
  forget(): void {
    this.#signIns++
    this.#subject = null
  }

  async #read(signIns: number): Promise<MeAnswer> {
    const me = await this.#me()
    // Asked before somebody signed in or out here: it tells nothing of who it is now.
    if (signIns !== this.#signIns) return this.#read(this.#signIns)
    if (this.#subject && this.#subject.id !== me.userId) {
      fail('IDENTITY_CHANGED', 'this browser is now signed in as another person: connect again')
    }
    this.#subject ??= { id: me.userId, name: me.name }
    return me
  }
}

/** In plain JavaScript a token is easily given in place of the function that gets one. */
export function checkAuth(auth: unknown): void {
  if (auth === undefined || typeof auth === 'function') return
  throw new TypeError('`auth` has to be a function that returns a token')
}

function fail(code: 'UNAUTHENTICATED' | 'IDENTITY_CHANGED', message: string): never {
  throw new ColloquyError(code, message, { status: 401 })
}
