import type { Message, Session, Snapshot } from '@colloquy/client'
import { expect, it } from 'vitest'
import { findMessage } from './find-message.ts'

/** A session with `pages` older pages of one message each: m<pages>, the newest, down to m0. */
function sessionOf(pages: number, fails = false) {
  const messages = [{ id: `m${pages}` }] as Message[]
  let reads = 0
  const more = () => messages.length <= pages
  const session = {
    snapshot: () => ({ messages, more: more() }) as unknown as Snapshot,
    older: async () => {
      reads++
      if (fails) throw new Error('away')
      messages.unshift({ id: `m${pages - messages.length}` } as Message)
      return { messages: [], more: more() }
    },
  } satisfies Pick<Session, 'snapshot' | 'older'>
  return { session, reads: () => reads }
}

it('[U56] older pages are read as far as a message is away, and no further', async () => {
  const { session, reads } = sessionOf(9)
  expect(await findMessage(session, 'm9')).toBe('here')
  expect(reads()).toBe(0)
  expect(await findMessage(session, 'm4')).toBe('here')
  expect(reads()).toBe(5)
})

it('[U56] what is not there is looked for once over all pages, and not without end', async () => {
  const { session, reads } = sessionOf(9)
  expect(await findMessage(session, 'another', 3)).toBe('further')
  expect(reads()).toBe(3)
  expect(await findMessage(session, 'another')).toBe('nowhere')
  expect(reads()).toBe(9)
})

it('[U56] what cannot be read is told', async () => {
  await expect(findMessage(sessionOf(2, true).session, 'm0')).rejects.toThrow('away')
})
