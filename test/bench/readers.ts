import { once } from 'node:events'
import type { Socket } from 'node:net'
import * as decoding from 'lib0/decoding'
import { WebSocket } from 'ws'
import * as Y from 'yjs'
import { ages } from './stamp.ts'

// A process of readers: each keeps a real Yjs replica and applies what arrives. Run by fork, steered by messages.

export interface ReaderReport {
  /** ms from a stamp in the model's chunk to the replica that has applied it. */
  ages: number[]
  updates: number
  /** Bytes of one reader's socket since the last report, and the size of its replica now. */
  wireBytes: number
  docBytes: number
}

interface Reader {
  socket: Socket
  doc: Y.Doc
}

const STEP1 = Buffer.from([0, 0, 1, 0])
const readers: Reader[] = []
let measured: number[] = []
let updates = 0
let bytesBefore = 0

async function join(url: string): Promise<void> {
  const ws = new WebSocket(url, { perMessageDeflate: false })
  const doc = new Y.Doc()
  const upgraded = once(ws, 'upgrade')
  ws.on('message', (data: Buffer) => receive(doc, data))
  await once(ws, 'open')
  const [response] = await upgraded
  readers.push({ socket: response.socket, doc })
  ws.send(STEP1)
}

function receive(doc: Y.Doc, data: Buffer): void {
  const decoder = decoding.createDecoder(data)
  if (decoding.readVarUint(decoder) !== 0 || decoding.readVarUint(decoder) === 0) return
  const update = decoding.readVarUint8Array(decoder)
  Y.applyUpdate(doc, update)
  updates++
  measured.push(...ages(Buffer.from(update).toString('latin1')))
}

function report(): ReaderReport {
  const first = readers[0]
  const bytes = first?.socket.bytesRead ?? 0
  const done = {
    ages: measured,
    updates,
    wireBytes: bytes - bytesBefore,
    docBytes: first ? Y.encodeStateAsUpdate(first.doc).length : 0,
  }
  measured = []
  updates = 0
  bytesBefore = bytes
  return done
}

process.on('message', async (message: { join: string[] } | 'report') => {
  if (message === 'report') return void process.send?.(report())
  await Promise.all(message.join.map(join))
  process.send?.('joined')
})
process.on('disconnect', () => process.exit(0))
