import { MESSAGE, SYNC } from '@colloquy/shared'
import * as decoding from 'lib0/decoding'
import * as Y from 'yjs'

/** A message of a client, by what it asks of the server. */
export type Incoming =
  | { kind: 'step1'; stateVector: Uint8Array }
  /** Sync step 2 and update alike: something the client says the doc holds. */
  | { kind: 'update'; update: Uint8Array }
  | { kind: 'awareness'; body: Uint8Array }
  | { kind: 'queryAwareness' }
  /** Answers to permission messages, which this server never sends. */
  | { kind: 'auth' }

/** Reads one frame; null when it is no message of the protocol. The parts point into `frame`. */
export function readIncoming(frame: Uint8Array): Incoming | null {
  try {
    return read(decoding.createDecoder(frame))
  } catch {
    return null
  }
}

function read(decoder: decoding.Decoder): Incoming | null {
  switch (decoding.readVarUint(decoder)) {
    case MESSAGE.sync:
      return readSync(decoder)
    case MESSAGE.awareness:
      return { kind: 'awareness', body: decoding.readVarUint8Array(decoder) }
    case MESSAGE.auth:
      return { kind: 'auth' }
    case MESSAGE.queryAwareness:
      return { kind: 'queryAwareness' }
    default:
      return null
  }
}

function readSync(decoder: decoding.Decoder): Incoming | null {
  const kind = decoding.readVarUint(decoder)
  const body = decoding.readVarUint8Array(decoder)
  switch (kind) {
    case SYNC.step1:
      // Decoded here so that one which does not decode is refused now and not while it is answered.
      Y.decodeStateVector(body)
      // Copied because it may wait for its answer, and would keep the whole network chunk alive.
      return { kind: 'step1', stateVector: body.slice() }
    case SYNC.step2:
    case SYNC.update:
      return { kind: 'update', update: body }
    default:
      return null
  }
}
