import { AUTH, MESSAGE, type SYNC } from '@colloquy/shared'

// Unmasked binary WebSocket frames (RFC 6455), header and y-protocols message in one buffer: built once and
// written to any number of sockets.

const FINAL_BINARY = 0x82

type SyncKind = (typeof SYNC)[keyof typeof SYNC]

/** A y-protocols sync message: a state vector for step 1, an update for the others. */
export function syncFrame(kind: SyncKind, body: Uint8Array): Buffer {
  return messageFrame([MESSAGE.sync, kind], body)
}

/** An awareness message around what `Presence` or y-protocols encoded. */
export function awarenessFrame(body: Uint8Array): Buffer {
  return messageFrame([MESSAGE.awareness], body)
}

/** An awareness message about nobody: says only that the server lives, and stock clients do not echo it. */
export const KEEPALIVE = awarenessFrame(new Uint8Array([0]))

/** Tells a person that what they may read has changed: their client asks the session API again. */
export const LANES_CHANGED = messageFrame([MESSAGE.auth, AUTH.lanes], new Uint8Array())

/** `types` are single bytes: every message type of the protocol is below 128. */
function messageFrame(types: readonly number[], body: Uint8Array): Buffer {
  const payload = types.length + varUintLength(body.length) + body.length
  const start = headerLength(payload)
  const frame = Buffer.allocUnsafe(start + payload)
  writeHeader(frame, payload)
  let at = start
  for (const type of types) frame[at++] = type
  at = writeVarUint(frame, at, body.length)
  frame.set(body, at)
  return frame
}

function headerLength(payload: number): number {
  if (payload < 126) return 2
  return payload < 65_536 ? 4 : 10
}

function writeHeader(frame: Buffer, payload: number): void {
  frame[0] = FINAL_BINARY
  if (payload < 126) {
    frame[1] = payload
  } else if (payload < 65_536) {
    frame[1] = 126
    frame.writeUInt16BE(payload, 2)
  } else {
    frame[1] = 127
    frame.writeBigUInt64BE(BigInt(payload), 2)
  }
}

function varUintLength(value: number): number {
  let length = 1
  for (let rest = value; rest > 127; rest = Math.floor(rest / 128)) length++
  return length
}

function writeVarUint(into: Buffer, start: number, value: number): number {
  let at = start
  let rest = value
  while (rest > 127) {
    into[at++] = 128 | (rest & 127)
    rest = Math.floor(rest / 128)
  }
  into[at++] = rest
  return at
}
