import { MESSAGE, SYNC } from '@colloquy/shared'
import * as decoding from 'lib0/decoding'
import * as encoding from 'lib0/encoding'
import * as Y from 'yjs'

/** A message of the sync endpoint, taken apart. */
export type Frame =
  | { kind: 'sync'; step: number; body: Uint8Array }
  | { kind: 'awareness'; body: Uint8Array }
  | { kind: 'auth'; says: number; rest: Uint8Array }
  | { kind: 'other'; payload: Uint8Array }

/** The WebSocket messages in what a server wrote: unmasked and never in fragments. */
export function* payloads(bytes: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  for (let at = 0; at < bytes.length; ) {
    const short = (bytes[at + 1] ?? 0) & 127
    const [header, length] =
      short < 126
        ? [2, short]
        : short === 126
          ? [4, view.getUint16(at + 2)]
          : [10, Number(view.getBigUint64(at + 2))]
    yield bytes.subarray(at + header, at + header + length)
    at += header + length
  }
}

export function readFrame(payload: Uint8Array): Frame {
  const decoder = decoding.createDecoder(payload)
  const type = decoding.readVarUint(decoder)
  if (type === MESSAGE.sync) {
    const step = decoding.readVarUint(decoder)
    return { kind: 'sync', step, body: decoding.readVarUint8Array(decoder) }
  }
  if (type === MESSAGE.awareness) return { kind: 'awareness', body: decoding.readVarUint8Array(decoder) }
  if (type === MESSAGE.auth) {
    const says = decoding.readVarUint(decoder)
    return { kind: 'auth', says, rest: decoding.readTailAsUint8Array(decoder) }
  }
  return { kind: 'other', payload }
}

export function syncMessage(step: number, body: Uint8Array): Uint8Array {
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, MESSAGE.sync)
  encoding.writeVarUint(encoder, step)
  encoding.writeVarUint8Array(encoder, body)
  return encoding.toUint8Array(encoder)
}

/** What a client says of itself. */
export function presenceMessage(clientId: number, clock: number, state: object | null): Uint8Array {
  const body = encoding.createEncoder()
  encoding.writeVarUint(body, 1)
  encoding.writeVarUint(body, clientId)
  encoding.writeVarUint(body, clock)
  encoding.writeVarString(body, JSON.stringify(state))
  const encoder = encoding.createEncoder()
  encoding.writeVarUint(encoder, MESSAGE.awareness)
  encoding.writeVarUint8Array(encoder, encoding.toUint8Array(body))
  return encoding.toUint8Array(encoder)
}

/** A message in words, for whoever has to find out what differs. */
export function describeFrame(payload: Uint8Array): string {
  const frame = readFrame(payload)
  if (frame.kind === 'awareness') return `awareness ${printable(frame.body)}`
  if (frame.kind === 'auth') return `auth ${frame.says} ${printable(frame.rest)}`
  if (frame.kind === 'other') return `other ${printable(frame.payload)}`
  if (frame.step === SYNC.step1) return `step 1 ${Buffer.from(frame.body).toString('hex')}`
  return `${frame.step === SYNC.step2 ? 'step 2' : 'update'} ${describeUpdate(frame.body)}`
}

function describeUpdate(update: Uint8Array): string {
  const { structs, ds } = Y.decodeUpdate(update)
  const shown = structs.map((struct) => {
    const where = `${struct.id.client}:${struct.id.clock}+${struct.length}`
    const content = 'content' in struct ? JSON.stringify(struct.content) : struct.constructor.name
    return `${where} ${content}`
  })
  const deleted = [...ds.clients].map(([client, items]) => `${client}:${JSON.stringify(items)}`)
  return `[${shown.join(' | ')}] deletes [${deleted.join(' ')}]`
}

function printable(bytes: Uint8Array): string {
  return JSON.stringify(Buffer.from(bytes).toString('utf8'))
}
