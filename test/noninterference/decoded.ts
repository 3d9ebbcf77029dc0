import * as Y from 'yjs'
import { readFrame } from './frames.ts'

/**
 * What a connection was sent, decoded: every item of the doc in the order of its numbers, the words that streamed as one
 * text however they were cut, who was told to be there, and how often it was told to ask anew. Which items came in one
 * message is real time, and so is how much was shown of an attempt that broke off: what is gone again is left out.
 */
export function decoded(frames: readonly Uint8Array[]): object {
  const read = frames.map(readFrame)
  const updates = read.flatMap((frame) => (frame.kind === 'sync' && frame.step > 0 ? [frame.body] : []))
  const presence = read.flatMap((frame) =>
    frame.kind === 'awareness' && !isKeepalive(frame.body) ? [Buffer.from(frame.body).toString()] : [],
  )
  const others = read.flatMap((frame) =>
    frame.kind === 'other' ? Buffer.from(frame.payload).toString('hex') : [],
  )
  const rings = read.filter(({ kind }) => kind === 'auth').length
  return { items: items(updates), presence: [...new Set(presence)], others, rings }
}

/** It comes when nothing else has for long, which is real time. */
const isKeepalive = (body: Uint8Array) => body.length === 1 && body[0] === 0

function items(updates: Uint8Array[]): unknown[] {
  if (updates.length === 0) return []
  const { structs, ds } = Y.decodeUpdate(Y.mergeUpdates(updates))
  const isDeleted = ({ client, clock }: Y.ID) =>
    (ds.clients.get(client) ?? []).some((range) => clock >= range.clock && clock < range.clock + range.len)
  const left = structs.flatMap((struct) =>
    struct instanceof Y.Item && !isDeleted(struct.id) ? [struct.content] : [],
  )
  const out: unknown[] = []
  for (const content of left) {
    const before = out.at(-1)
    if (!(content instanceof Y.ContentString)) out.push(shown(content))
    else if (typeof before === 'string') out[out.length - 1] = before + content.str
    else out.push(content.str)
  }
  return out
}

function shown(content: Y.Item['content']): unknown {
  // A type has its own items; outside of a doc it cannot be read.
  return content instanceof Y.ContentType ? ['a type'] : content.getContent()
}
