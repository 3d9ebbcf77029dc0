import type {
  InviteAnswer,
  MessagesAnswer,
  PromptAnswer,
  PromptStateAnswer,
  SessionAnswer,
  SharedAnswer,
  TicketAnswer,
} from '@colloquy/shared/answers'
import type { ViewAnswer } from '@colloquy/shared/view-answer'
import type { Http } from './http.ts'
import type { Audience, CallRef, Role, View } from './types/index.ts'

/** Body of a prompt, as it is sent and as it waits in the outbox: a retry repeats these very values. */
export interface PromptBody {
  text: string
  audience?: Audience
  model?: string
  seenSeq?: number
}

/** What may become of a call that waits for consent. */
export type CallDecision =
  | { decision: 'allow' | 'deny' }
  | { decision: 'edit'; args: Record<string, unknown> }

/** The HTTP surface of one session, as one person. Every method throws ColloquyError. */
export class Api {
  readonly #http: Http
  readonly #session: string

  constructor(http: Http, session: string) {
    this.#http = http
    this.#session = `/sessions/${encodeURIComponent(session)}`
  }

  describe(): Promise<SessionAnswer> {
    return this.#http.request('GET', this.#session)
  }

  ticket(sessionId: string): Promise<TicketAnswer> {
    return this.#http.request('POST', '/tickets', { sessionId })
  }

  submit(commandId: string, body: PromptBody): Promise<PromptAnswer> {
    return this.#http.request('POST', `${this.#session}/prompts`, { commandId, ...body })
  }

  regenerate(messageId: string, options: { model?: string }): Promise<PromptAnswer> {
    return this.#http.command('POST', `${this.#messagePath(messageId)}/regenerate`, options)
  }

  prompt(promptId: string): Promise<PromptStateAnswer> {
    return this.#http.request('GET', this.#promptPath(promptId))
  }

  async edit(promptId: string, text: string): Promise<void> {
    await this.#http.command('PATCH', this.#promptPath(promptId), { text })
  }

  async withdraw(promptId: string): Promise<void> {
    await this.#http.command('DELETE', this.#promptPath(promptId))
  }

  async move(promptId: string, before: string | null): Promise<void> {
    await this.#http.command('POST', `${this.#promptPath(promptId)}/move`, { before })
  }

  async cancel(turnId: string): Promise<void> {
    await this.#http.command('POST', `${this.#turnPath(turnId)}/cancel`, {})
  }

  async decide({ turnId, callId, argsHash }: CallRef, decision: CallDecision): Promise<void> {
    const path = `${this.#turnPath(turnId)}/approvals/${encodeURIComponent(callId)}`
    await this.#http.command('POST', path, { ...decision, argsHash })
  }

  async retract(messageId: string): Promise<void> {
    await this.#http.command('DELETE', this.#messagePath(messageId))
  }

  share(messageId: string, audience: Audience): Promise<SharedAnswer> {
    return this.#http.command('POST', `${this.#messagePath(messageId)}/share`, { audience })
  }

  fork(laneId: string, seq: number, title?: string): Promise<SessionAnswer> {
    const body = { laneId, seq, ...(title === undefined ? {} : { title }) }
    return this.#http.command('POST', `${this.#session}/forks`, body)
  }

  view(laneId: string): Promise<View> {
    return this.#http.request<ViewAnswer>('GET', `${this.#session}/view?lane=${encodeURIComponent(laneId)}`)
  }

  async stopAll(userId: string): Promise<void> {
    await this.#http.command('POST', `${this.#session}/members/${encodeURIComponent(userId)}/stop`, {})
  }

  invite(options: { role: Role; expiresIn: number; uses: number }): Promise<InviteAnswer> {
    return this.#http.command('POST', `${this.#session}/invites`, options)
  }

  messages(laneId: string, before?: number): Promise<MessagesAnswer> {
    const query = before === undefined ? '' : `?before=${before}`
    return this.#http.request('GET', `${this.#session}/lanes/${encodeURIComponent(laneId)}/messages${query}`)
  }

  #turnPath(turnId: string): string {
    return `${this.#session}/turns/${encodeURIComponent(turnId)}`
  }

  #messagePath(messageId: string): string {
    return `${this.#session}/messages/${encodeURIComponent(messageId)}`
  }

  #promptPath(promptId: string): string {
    return `${this.#session}/prompts/${encodeURIComponent(promptId)}`
  }
}
