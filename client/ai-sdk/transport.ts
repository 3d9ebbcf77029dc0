import type { ChatTransport, UIMessage, UIMessageChunk } from 'ai'
import { connect } from '../connect.ts'
import { ColloquyError } from '../errors.ts'
import type { Audience, ConnectOptions, MessagePart, PromptOptions, Session } from '../types/index.ts'
import { type Asked, answerStream } from './answer-stream.ts'

type SendOptions = Parameters<ChatTransport<UIMessage>['sendMessages']>[0]
type Stream = ReadableStream<UIMessageChunk>

/** A session to join when it is first needed, or one that the app has joined. */
export type SessionChatTransportOptions = ConnectOptions | { session: Session }

/**
 * Sends the last message of a chat as a prompt and streams its answer. With `useChat`:
 * - `stop()` stops the answer for everybody, or withdraws the prompt.
 * - `sendMessage(…, { body: { audience, model } })` says who reads it and which model answers, as for `Session.prompt`.
 * - A call that waits for one's consent ends the stream; `addToolApprovalResponse` with `sendAutomaticallyWhen:
 *   lastAssistantMessageIsCompleteWithApprovalResponses` answers it, and the answer goes on.
 * - `resume: true` shows one's own answer that is under way.
 */
export class SessionChatTransport implements ChatTransport<UIMessage> {
  /** What is resumed is told from its beginning. */
  readonly resumeStreamIsReplay = true
  readonly #options: SessionChatTransportOptions
  #joined: Session | null = null
  /** The prompt that a message of the chat became, by the id that it has there. */
  readonly #prompts = new Map<string, string>()

  constructor(options: SessionChatTransportOptions) {
    this.#options = options
  }

  /** Such as for what others ask; it is joined now, if it was not. */
  get session(): Session {
    const { session } = this.#options
    if (typeof session === 'object') return session
    this.#joined ??= connect(this.#options as ConnectOptions)
    return this.#joined
  }

  /** Leaves the session, if it was joined here. */
  readonly close = (): void => {
    this.#joined?.close()
    this.#joined = null
  }

  /** @throws ColloquyError for what is no prompt; a refusal of the server errors the stream, with its code */
  async sendMessages(options: SendOptions): Promise<Stream> {
    const { trigger, messageId, messages, abortSignal: signal } = options
    const named = trigger === 'submit-message' ? messages.find(({ id }) => id === messageId) : undefined
    const message = named ?? messages.at(-1)
    if (!message) throw new ColloquyError('MALFORMED', 'there is no message to send')
    if (message.role === 'assistant') return this.#goOn(message, signal)
    const { session } = this
    const text = textOf(message)
    const again = trigger === 'regenerate-message' ? this.#again(message, options) : undefined
    const asked = again ?? session.prompt(text, promptOptions(options.body))
    asked.then(({ promptId }) => this.#prompts.set(message.id, promptId)).catch(() => {})
    const unsend = () => {
      const { outbox } = session.snapshot()
      const unsent = again ? undefined : outbox.findLast((each) => each.text === text && !each.refused)
      if (unsent) void session.discard(unsent.commandId).catch(() => {})
    }
    return answerStream({ session, asked, signal, unsend })
  }

  async reconnectToStream({
    abortSignal: signal,
  }: {
    abortSignal?: AbortSignal
  } = {}): Promise<Stream | null> {
    const { session } = this
    await session.ready
    const { unfinished, me } = session.snapshot()
    const own = unfinished.findLast(({ metadata }) => metadata.author.id === me?.id)
    if (!own) return null
    return answerStream({ session, asked: Promise.resolve(own.metadata), signal })
  }

  /** Asks for another answer to the same prompt; undefined when that one is not here. */
  #again(message: UIMessage, { messageId, body }: SendOptions): Promise<Asked> | undefined {
    const { messages, me } = this.session.snapshot()
    const promptId = this.#prompts.get(message.id)
    const answer = messages.findLast(
      ({ id, role, metadata }) =>
        role === 'assistant' &&
        metadata.author.id === me?.id &&
        (id === messageId || metadata.promptId === promptId),
    )
    const { model } = promptOptions(body)
    return answer && this.session.regenerate(answer.id, model === undefined ? {} : { model })
  }

  /** Hands in what the person decided about calls of this answer, and goes on with it. */
  async #goOn(message: UIMessage, signal: AbortSignal | undefined): Promise<Stream> {
    const { session } = this
    await session.ready
    const told = message.parts.filter((part) => part.type === 'text' || part.type === 'dynamic-tool')
    const decided = new Set<string>()
    let asked: Asked | undefined
    for (const { metadata, parts } of session.snapshot().unfinished) {
      for (const part of parts) {
        if (part.type !== 'dynamic-tool' || part.state !== 'approval-requested') continue
        const { id } = part.approval
        const answer = told.find((each) => each.type === 'dynamic-tool' && each.approval?.id === id)
        if (answer?.type !== 'dynamic-tool' || answer.state !== 'approval-responded') continue
        const { toolCallId: callId, toolMetadata } = part
        const call = { turnId: metadata.turnId, callId, argsHash: toolMetadata.argsHash }
        await (answer.approval.approved ? session.allowCall(call) : session.denyCall(call))
        decided.add(id)
        asked = metadata
      }
    }
    if (!asked) throw new ColloquyError('CALL_DECIDED', 'no call waits for that answer any more')
    const before = told as unknown as MessagePart[]
    return answerStream({ session, asked: Promise.resolve(asked), told: before, decided, signal })
  }
}

function textOf({ parts }: UIMessage): string {
  if (parts.some(({ type }) => type === 'file')) {
    throw new ColloquyError('MALFORMED', 'a prompt is text: put files into the session as resources')
  }
  return parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n')
}

/** The server says what is wrong with them. */
function promptOptions(body: object | undefined): PromptOptions {
  const { audience, model } = (body ?? {}) as { audience?: Audience; model?: string }
  return { ...(audience === undefined ? {} : { audience }), ...(model === undefined ? {} : { model }) }
}
