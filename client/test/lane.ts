import type { LaneMember, Message, QueueEntry, RunningTurn } from '@colloquy/shared/layout'
import * as Y from 'yjs'

/** Writes lane docs the way the server does. */
export class LaneWriter {
  readonly doc = new Y.Doc()

  constructor(meta: { title?: string; firstSeq?: number } = {}) {
    for (const [key, value] of Object.entries({ title: 'Launch', firstSeq: 1, ...meta })) {
      this.doc.getMap('meta').set(key, value)
    }
  }

  add(seq: number, parts: string[], over: Partial<Message> & Partial<Message['metadata']> = {}): void {
    const { id = `m${seq}`, role = 'assistant', status = 'done', promptId = `p${seq}` } = over
    const author = { id: 'ana', name: 'Ana' }
    const metadata = { seq, promptId, turnId: `t${seq}`, author, at: seq, status }
    const list = new Y.Array<Y.Map<unknown>>()
    list.push(parts.map((text, i) => part(text, i > 0)))
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

  text(index: number): Y.Text {
    const parts = this.#message(index).get('parts') as Y.Array<Y.Map<unknown>>
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

  #message(index: number): Y.Map<unknown> {
    return this.doc.getArray('messages').get(index) as Y.Map<unknown>
  }
}

function part(text: string, continues: boolean): Y.Map<unknown> {
  const map = new Y.Map<unknown>(Object.entries({ type: 'text', text: new Y.Text(text) }))
  if (continues) map.set('continues', true)
  return map
}
