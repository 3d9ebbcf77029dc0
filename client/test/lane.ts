import type { LaneMember, LaneMeta, Message, QueueEntry, RunningTurn, Waiting } from '@colloquy/shared/layout'
import type { ToolPart } from '@colloquy/shared/tools'
import * as Y from 'yjs'

/** Writes lane docs the way the server does. */
export class LaneWriter {
  readonly doc = new Y.Doc()

  constructor(meta: Partial<Pick<LaneMeta, 'title' | 'firstSeq'>> = {}) {
    for (const [key, value] of Object.entries({ title: 'Launch', firstSeq: 1, ...meta })) {
      this.doc.getMap('meta').set(key, value)
    }
  }

  /** A text directly behind another one continues it. */
  add(
    seq: number,
    parts: (string | ToolPart)[],
    over: Partial<Message> & Partial<Message['metadata']> = {},
  ): void {
    const { id = `m${seq}`, role = 'assistant', status = 'done', promptId = `p${seq}` } = over
    const { author = { id: 'ana', name: 'Ana' } } = over
    const { turnId = `t${seq}`, at = seq, after, continues, shared } = over
    const metadata = { seq, promptId, turnId, author, at, status, after, continues, shared }
    const list = new Y.Array<Y.Map<unknown>>()
    list.push(parts.map((part, i) => partOf(part, typeof parts[i - 1] === 'string')))
    const message = new Y.Map<unknown>(Object.entries({ id, role, metadata, parts: list }))
    this.doc.getArray('messages').push([message])
  }

  /** Appends to the last text of message `index`. */
  append(index: number, text: string): void {
    const target = this.text(index)
    target.insert(target.length, text)
  }

  setStatus(index: number, status: string): void {
    const message = this.#message(index)
    message.set('metadata', { ...(message.get('metadata') as object), status })
  }

  setWaiting(index: number, waiting: Waiting | undefined): void {
    const message = this.#message(index)
    message.set('metadata', { ...(message.get('metadata') as object), waiting })
  }

  /** Adds a part to message `index`. */
  push(index: number, part: string | ToolPart): void {
    this.#parts(index).push([partOf(part, false)])
  }

  /** Writes what has become of a call. */
  setCall(index: number, callId: string, change: object): void {
    const part = this.#parts(index)
      .toArray()
      .find((each) => each.get('toolCallId') === callId)
    for (const [key, value] of Object.entries(change)) part?.set(key, value)
  }

  text(index: number): Y.Text {
    const parts = this.#parts(index)
    return parts.get(parts.length - 1).get('text') as Y.Text
  }

  queue(promptId: string, entry: Partial<QueueEntry> | null): void {
    const queue = this.doc.getMap('queue')
    if (entry === null) queue.delete(promptId)
    else
      queue.set(promptId, {
        author: { id: 'ana', name: 'Ana' },
        text: promptId,
        rank: 1,
        state: 'waiting',
        at: 0,
        ...entry,
      })
  }

  member(userId: string, member: LaneMember | null): void {
    const members = this.doc.getMap('members')
    if (member) members.set(userId, member)
    else members.delete(userId)
  }

  turn(turn: Partial<RunningTurn> | null): void {
    this.doc.getMap('turn').set('now', turn)
  }

  #parts(index: number): Y.Array<Y.Map<unknown>> {
    return this.#message(index).get('parts') as Y.Array<Y.Map<unknown>>
  }

  #message(index: number): Y.Map<unknown> {
    return this.doc.getArray('messages').get(index) as Y.Map<unknown>
  }
}

function partOf(part: string | ToolPart, continues: boolean): Y.Map<unknown> {
  if (typeof part !== 'string') return new Y.Map<unknown>(Object.entries(part))
  const map = new Y.Map<unknown>(Object.entries({ type: 'text', text: new Y.Text(part) }))
  if (continues) map.set('continues', true)
  return map
}

/** A call that waits for its author's consent. */
export function askingCall(callId: string, over: Partial<ToolPart['toolMetadata']> = {}): ToolPart {
  return {
    type: 'dynamic-tool',
    toolName: 'note.append',
    toolCallId: callId,
    input: { note: 'decisions', text: 'Ship it' },
    state: 'approval-requested',
    approval: { id: callId },
    toolMetadata: { step: 1, effect: 'write', argsHash: `hash-${callId}`, approver: 'author', ...over },
  }
}
