/** Bytes of an answer that is read at all. */
export const ANSWER_BYTES = 1024 * 1024

/**
 * The whole body as text (UTF-8), or null when it has more than `most` bytes: the rest is then not read, and the
 * connection closed.
 */
export async function readCapped(response: Response, most = ANSWER_BYTES): Promise<string | null> {
  const decoder = new TextDecoder()
  let text = ''
  let size = 0
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength
    if (size > most) return null
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}
