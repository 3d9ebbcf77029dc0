import type { Session } from '@colloquy/client'

/** Pages that are read in one go, some thousands of messages: past them the reader is asked. */
const MOST_PAGES = 40

/**
 * Reads older pages until the message is in the session's snapshot. `nowhere`: there are no older ones; `further`: it
 * is not among those that were read.
 */
export async function findMessage(
  session: Pick<Session, 'snapshot' | 'older'>,
  messageId: string,
  mostPages = MOST_PAGES,
): Promise<'here' | 'nowhere' | 'further'> {
  const isHere = () => session.snapshot().messages.some(({ id }) => id === messageId)
  for (let page = 0; !isHere(); page++) {
    if (!session.snapshot().more) return 'nowhere'
    if (page === mostPages) return 'further'
    await session.older()
  }
  return 'here'
}
