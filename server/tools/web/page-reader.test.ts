import { expect, it } from 'vitest'
import type { PageKind } from './media-type.ts'
import { createPageReader } from './page-reader.ts'

const job = (kind: PageKind, text: string) => ({
  bytes: new Uint8Array(Buffer.from(text)),
  type: { kind },
  url: 'https://example.org/',
  textLength: 100,
  wanted: null,
})
const never = new AbortController().signal

/** Formatted, these lines cost time and memory with their depth times their number. */
const SLOW = `${'<blockquote>'.repeat(190)}<pre>${'x\n'.repeat(100_000)}`

it('[X17] a page that is too complex to format is given line by line, and the event loop goes on meanwhile', async () => {
  let ticks = 0
  const timer = setInterval(() => ticks++, 20)
  const { text } = await createPageReader(1_800)(job('html', SLOW), never)
  clearInterval(timer)
  expect(text.startsWith('x\nx\nx')).toBe(true)
  expect(ticks).toBeGreaterThan(10)
})

it('[X17] a page that cannot be read in time is refused, however it is read', async () => {
  await expect(createPageReader(1)(job('html', SLOW), never)).rejects.toMatchObject({
    name: 'ToolError',
    message: 'The page is too complex to read.',
  })
})

it('[X11] an abort ends the reading at once, also of a page that waits for its turn', async () => {
  const read = createPageReader(60_000)
  const stop = new AbortController()
  const readings = [1, 2, 3].map(() => read(job('html', SLOW), stop.signal))
  const reason = new Error('stopped')
  stop.abort(reason)
  const ends = await Promise.allSettled(readings)
  expect(ends.map((end) => end.status === 'rejected' && end.reason)).toEqual([reason, reason, reason])
  expect((await read(job('text', 'next'), never)).text).toBe('next')
})
