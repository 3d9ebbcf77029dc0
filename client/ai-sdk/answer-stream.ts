import type { UIMessageChunk } from 'ai'
import { ColloquyError } from '../errors.ts'
import type {
  Finished,
  Me,
  Message,
  MessageMetadata,
  MessagePart,
  PromptEnd,
  Session,
  Snapshot,
  SubmittedPrompt,
} from '../types/index.ts'
import { AnswerChunks } from './chunks.ts'
import { sentenceOf } from './words.ts'

/** A prompt of one's own: just submitted, or one whose answer has begun. */
export type Asked = Pick<SubmittedPrompt, 'promptId'> & Partial<Pick<SubmittedPrompt, 'finished'>>

export interface Following {
  session: Session
  asked: Promise<Asked>
  /** Parts of the answer that the reader has. */
  told?: readonly MessagePart[]
  /** `approval.id`s of calls that its reader has just decided. */
  decided?: ReadonlySet<string>
  signal?: AbortSignal | undefined
  /** Takes the prompt back while it waits to be sent. */
  unsend?: () => void
}

/**
 * The answer to a prompt, as the AI SDK reads one. It ends with the answer; and where a call waits for its reader's
 * consent, as the AI SDK has it: the app then answers with the next request.
 */
export function answerStream(following: Following): ReadableStream<UIMessageChunk> {
  let stop = () => {}
  return new ReadableStream<UIMessageChunk>({
    start(controller) {
      const answer = new Answer(following, controller)
      stop = () => answer.leave()
      answer.follow()
    },
    cancel: () => stop(),
  })
}

class Answer {
  readonly #following: Following
  readonly #controller: ReadableStreamDefaultController<UIMessageChunk>
  readonly #chunks: AnswerChunks
  #promptId = ''
  #shown: Message | null = null
  #unsubscribe = () => {}
  #over = false

  constructor(following: Following, controller: ReadableStreamDefaultController<UIMessageChunk>) {
    this.#following = following
    this.#controller = controller
    this.#chunks = new AnswerChunks((chunk) => controller.enqueue(chunk), following.told)
  }

  follow(): void {
    const { session, asked, signal } = this.#following
    if (signal?.aborted) this.#abort()
    signal?.addEventListener('abort', this.#abort, { once: true })
    asked.then(
      ({ promptId, finished }) => {
        if (this.#over) return
        this.#promptId = promptId
        // One that goes on in a narrower lane is told from its beginning.
        if (!finished) for (const message of this.#answers()) this.#write(message)
        this.#unsubscribe = session.subscribe((snapshot) => this.#look(snapshot, finished !== undefined))
        this.#look(session.snapshot(), finished !== undefined)
        finished?.then(
          (end) => this.#end(end),
          (error: unknown) => this.#fail(error),
        )
      },
      (error: unknown) => this.#fail(error),
    )
  }

  leave(): void {
    this.#over = true
    this.#unsubscribe()
    this.#following.signal?.removeEventListener('abort', this.#abort)
  }

  /** @param toldOfEnd whether somebody else tells how it ends */
  #look({ unfinished, me, connection }: Snapshot, toldOfEnd: boolean): void {
    if (this.#over) return
    const running = unfinished.filter((message) => this.#isAnswer(message))
    for (const message of running) this.#write(message)
    if (running.some((message) => this.#asks(message, me))) {
      this.#close({ type: 'finish', finishReason: 'tool-calls' }, this.#shown?.metadata)
    } else if (!toldOfEnd && running.length === 0) this.#endBySight(connection.reason)
  }

  #endBySight(sessionEnded: string | undefined): void {
    const last = this.#answers().at(-1)
    const status = last?.metadata.status
    if (last && status !== undefined && status !== 'streaming' && status !== 'superseded') {
      // The rest of one that was narrowed is about to come.
      if (status !== 'narrowed') this.#end({ end: status, message: last })
    } else if (sessionEnded) this.#fail(new ColloquyError(sessionEnded, 'the session has ended'))
  }

  #write(message: Message): void {
    const before = this.#shown
    // What the last one said at the very end.
    if (before && before.id !== message.id) {
      const ended = this.#answers().find(({ id }) => id === before.id)
      if (ended) this.#chunks.write(ended)
    }
    if (before !== message) this.#chunks.write({ ...message, parts: begun(message.parts) })
    this.#shown = message
  }

  #end({ end, message }: Finished): void {
    if (this.#over) return
    const here = this.#answers()
    const answers = here.length === 0 && message ? [message] : here
    const from = answers.findIndex(({ id }) => id === this.#shown?.id)
    for (const answer of answers.slice(Math.max(from, 0))) this.#chunks.write(answer)
    const metadata = answers.at(-1)?.metadata
    this.#close(lastChunk(end, metadata?.reason), metadata)
  }

  #fail(error: unknown): void {
    if (this.#over) return
    this.leave()
    this.#controller.error(error)
  }

  #close(last: UIMessageChunk, metadata?: MessageMetadata): void {
    this.#chunks.end(metadata)
    this.#controller.enqueue(last)
    this.leave()
    this.#controller.close()
  }

  readonly #abort = (): void => {
    if (this.#over) return
    this.#close(lastChunk('cancelled', 'STOPPED_BY_AUTHOR'))
    const { session, asked, unsend } = this.#following
    if (this.#promptId === '') unsend?.()
    asked.then(({ promptId }) => stopPrompt(session, promptId)).catch(() => {})
  }

  #answers(): Message[] {
    return this.#following.session.snapshot().messages.filter((message) => this.#isAnswer(message))
  }

  #isAnswer({ role, metadata }: Message): boolean {
    return role === 'assistant' && metadata.promptId === this.#promptId && !metadata.shared
  }

  #asks({ parts }: Message, me: Me | null): boolean {
    return parts.some((part) => {
      if (part.type !== 'dynamic-tool' || part.state !== 'approval-requested') return false
      if (this.#following.decided?.has(part.approval.id)) return false
      // The turn is one's own.
      return part.toolMetadata.approver === 'author' || me?.role === 'owner' || me?.role === 'moderator'
    })
  }
}

function lastChunk(end: PromptEnd, reason: string | undefined): UIMessageChunk {
  if (end === 'done') return { type: 'finish', finishReason: 'stop' }
  const words = sentenceOf(end, reason)
  // Somebody meant it so.
  if (end === 'cancelled' || end === 'withdrawn') return { type: 'abort', reason: words }
  return { type: 'error', errorText: words }
}

/** Calls run one after the other: those behind one that has not ended have not begun. */
function begun(parts: MessagePart[]): MessagePart[] {
  const open = parts.findIndex(
    (part) =>
      part.type === 'dynamic-tool' && part.toolMetadata.outcome === undefined && !isSettled(part.state),
  )
  return open < 0 ? parts : parts.slice(0, open + 1)
}

function isSettled(state: string): boolean {
  return state === 'output-available' || state === 'output-error' || state === 'output-denied'
}

/** Stops the answer, or withdraws what waits. It may begin just now: then it is stopped when it has. */
async function stopPrompt(session: Session, promptId: string): Promise<void> {
  const turnOf = ({ turns, unfinished }: Snapshot) =>
    turns.find((turn) => turn.promptId === promptId)?.turnId ??
    unfinished.find(({ metadata }) => metadata.promptId === promptId)?.metadata.turnId
  const turnId = turnOf(session.snapshot())
  if (turnId !== undefined) return session.cancel(turnId)
  try {
    await session.withdraw(promptId)
  } catch (error) {
    if (!(error instanceof ColloquyError) || error.code !== 'PROMPT_NOT_PENDING') throw error
    const stop = session.subscribe((snapshot) => {
      const begun = turnOf(snapshot)
      if (begun === undefined && snapshot.connection.state !== 'ended') return
      stop()
      if (begun !== undefined) session.cancel(begun).catch(() => {})
    })
  }
}
