import type { UIMessageChunk } from 'ai'
import type { Message, MessageMetadata, MessagePart, ToolPart } from '../types/index.ts'

/** What of a message's metadata goes out: what merely passes is left out, as a reader of chunks forgets nothing. */
type LastingMetadata = Omit<MessageMetadata, 'waiting'>

/**
 * An answer as the chunks of the AI SDK: of each snapshot only what is new. Where an attempt was superseded, its step is
 * taken back (`reset-step`) and told again, so that no half text stays.
 */
export class AnswerChunks {
  readonly #send: (chunk: UIMessageChunk) => void
  #messageId: string | null = null
  /** The parts of that message as they were told. */
  #told: MessagePart[]
  /** Where among them the step begins that is under way; null: none has begun. */
  #stepAt: number | null = null
  #openText: string | null = null
  #texts = 0
  #started = false

  /** @param told parts of the answer that the reader already has, of steps that are committed */
  constructor(send: (chunk: UIMessageChunk) => void, told: readonly MessagePart[] = []) {
    this.#send = send
    this.#told = [...told]
  }

  /** Tells what `message` has beyond what was told. One with another id goes on where the last one ended. */
  write(message: Message): void {
    if (!this.#started) {
      this.#started = true
      this.#messageId = message.id
      this.#send({ type: 'start', messageId: message.id, messageMetadata: lasting(message.metadata) })
    }
    if (this.#messageId !== message.id) this.#nextMessage(message.id)
    this.#takeBack(message.parts)
    message.parts.forEach((part, i) => {
      const before = this.#told[i]
      if (before === undefined) this.#begin(part, i)
      else if (before !== part) this.#goOn(before, part)
      this.#told[i] = part
    })
  }

  /** Ends what is open; nothing may be written behind it. */
  end(metadata: MessageMetadata | undefined): void {
    this.#endStep()
    if (metadata && this.#started)
      this.#send({ type: 'message-metadata', messageMetadata: lasting(metadata) })
  }

  #nextMessage(id: string): void {
    this.#endStep()
    this.#messageId = id
    this.#told = []
  }

  /** What was told and is no longer so belongs to an attempt that was cut: only the step under way has those. */
  #takeBack(parts: readonly MessagePart[]): void {
    const at = this.#told.findIndex((before, i) => !continues(before, parts[i]))
    if (at < 0 || this.#stepAt === null) return
    this.#send({ type: 'reset-step' })
    this.#openText = null
    this.#told.length = Math.min(this.#stepAt, this.#told.length)
  }

  #begin(part: MessagePart, at: number): void {
    const last = this.#told[at - 1]
    if (last === undefined ? this.#stepAt === null : at !== this.#stepAt && isNextStep(last, part)) {
      this.#beginStep(at)
    }
    if (part.type === 'dynamic-tool') {
      this.#endText()
      this.#call(part)
      return
    }
    this.#endText()
    this.#openText = `text-${++this.#texts}`
    this.#send({ type: 'text-start', id: this.#openText })
    this.#say(part.text)
  }

  #goOn(before: MessagePart, part: MessagePart): void {
    if (part.type === 'dynamic-tool') this.#call(part, before.type === 'dynamic-tool' ? before : undefined)
    else if (before.type === 'text') this.#say(part.text.slice(before.text.length))
  }

  #say(delta: string): void {
    if (delta !== '' && this.#openText) this.#send({ type: 'text-delta', id: this.#openText, delta })
  }

  #call(part: ToolPart, before?: ToolPart): void {
    const told = new Set(before && chunksOf(before).map(({ type }) => type))
    for (const chunk of chunksOf(part)) if (!told.has(chunk.type)) this.#send(chunk)
  }

  #beginStep(at: number): void {
    this.#endStep()
    this.#stepAt = at
    this.#send({ type: 'start-step' })
  }

  #endStep(): void {
    this.#endText()
    if (this.#stepAt !== null) this.#send({ type: 'finish-step' })
    this.#stepAt = null
  }

  #endText(): void {
    if (this.#openText) this.#send({ type: 'text-end', id: this.#openText })
    this.#openText = null
  }
}

function lasting({ waiting: _, ...metadata }: MessageMetadata): LastingMetadata {
  return metadata
}

/** Whether `now` is what `before` has become. */
function continues(before: MessagePart, now: MessagePart | undefined): boolean {
  if (before === now) return true
  if (now?.type === 'text') return before.type === 'text' && now.text.startsWith(before.text)
  return now !== undefined && before.type === 'dynamic-tool' && before.toolCallId === now.toolCallId
}

/** A step says something, then calls tools; what is said behind a call is of the next one. */
function isNextStep(last: MessagePart | undefined, part: MessagePart): boolean {
  if (last?.type !== 'dynamic-tool') return false
  return part.type === 'text' || part.toolMetadata.step !== last.toolMetadata.step
}

/** All that has become of a call, in its order. */
function chunksOf(part: ToolPart): UIMessageChunk[] {
  const { toolCallId, toolName, input, toolMetadata } = part
  // The server runs it: apps must not do it once more.
  const call = { toolCallId, toolMetadata, providerExecuted: true, dynamic: true }
  const chunks: UIMessageChunk[] = [{ type: 'tool-input-available', toolName, input, ...call }]
  if ('approval' in part && part.approval) {
    const { id: approvalId, ...answer } = part.approval
    chunks.push({ type: 'tool-approval-request', approvalId, toolCallId })
    if ('approved' in answer) chunks.push({ type: 'tool-approval-response', approvalId, ...answer })
  }
  if (part.state === 'output-available')
    chunks.push({ type: 'tool-output-available', output: part.output, ...call })
  if (part.state === 'output-error')
    chunks.push({ type: 'tool-output-error', errorText: part.errorText, ...call })
  if (part.state === 'output-denied') chunks.push({ type: 'tool-output-denied', toolCallId })
  return chunks
}
