import type { SessionAnswer } from '@colloquy/shared/answers'
import type { Api } from '../api.ts'

interface EntranceOptions {
  session: string
  api: Api
  /** The server's description of the session. */
  described: (answer: SessionAnswer) => void
}

/**
 * Asks for what connecting takes, for every doc of a session: those who ask at the same time share one request. A
 * ticket opens each doc once.
 */
export class Entrance {
  readonly #options: EntranceOptions
  #describing: Promise<SessionAnswer> | null = null
  #anew: Promise<SessionAnswer> | null = null
  #ticket: Promise<string> | null = null

  constructor(options: EntranceOptions) {
    this.#options = options
  }

  describe(): Promise<SessionAnswer> {
    this.#describing ??= this.#describe().finally(() => {
      this.#describing = null
    })
    return this.#describing
  }

  /** As it is from now on: what is being told already may be older. */
  describeAnew(): Promise<SessionAnswer> {
    if (!this.#describing) return this.describe()
    this.#anew ??= this.#describing
      .catch(() => {})
      .then(() => {
        this.#anew = null
        return this.describe()
      })
    return this.#anew
  }

  ticket(): Promise<string> {
    this.#ticket ??= this.#askTicket().finally(() => {
      this.#ticket = null
    })
    return this.#ticket
  }

  async #describe(): Promise<SessionAnswer> {
    const answer = await this.#options.api.describe()
    this.#options.described(answer)
    return answer
  }

  async #askTicket(): Promise<string> {
    const { api, session } = this.#options
    return (await api.ticket(session)).ticket
  }
}
