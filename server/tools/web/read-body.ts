import { pipeline, type Readable, type Transform } from 'node:stream'
import { createBrotliDecompress, createGunzip } from 'node:zlib'
import { ToolError } from '../tool.ts'

export interface Body {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** True when there was more. */
  readonly cut: boolean
}

/**
 * The beginning of a body, decompressed as it comes: a small answer that would inflate to gigabytes costs no
 * more than `limit`, and an answer that never inflates to anything ends there too.
 * @param limit in bytes of what it inflates to; what comes may be twice that
 * @throws ToolError for an encoding that was not asked for; the stream's own errors
 */
export async function readBody(raw: Readable, encoding: string | undefined, limit: number): Promise<Body> {
  const decoder = decoderOf(encoding)
  if (decoder === null) return take(raw, limit)
  // The error of either stream reaches whoever reads the decoder.
  pipeline(raw, capped(2 * limit), decoder, () => {})
  return take(decoder, limit)
}

function decoderOf(encoding = ''): Transform | null {
  switch (encoding.trim().toLowerCase()) {
    case '':
    case 'identity':
      return null
    case 'gzip':
    case 'x-gzip':
      return createGunzip()
    case 'br':
      return createBrotliDecompress()
    default:
      throw new ToolError('The server compressed its answer in a way it was not asked for.')
  }
}

function capped(limit: number) {
  return async function* (source: AsyncIterable<Uint8Array>) {
    let size = 0
    for await (const chunk of source) {
      size += chunk.byteLength
      if (size > limit) throw new ToolError('The answer is too large.')
      yield chunk
    }
  }
}

async function take(stream: Readable, limit: number): Promise<Body> {
  const chunks: Uint8Array[] = []
  let size = 0
  // Leaving the loop destroys the stream, and with it the connection.
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    chunks.push(chunk)
    size += chunk.byteLength
    if (size > limit) break
  }
  return { bytes: new Uint8Array(Buffer.concat(chunks, Math.min(size, limit))), cut: size > limit }
}
