import type { Message } from '@colloquy/client'
import { inSentence } from '../audience/reader-words.ts'
import { cleanName } from '../parts/names.ts'
import { timeOf } from '../parts/times.ts'

/** What an entry is called for those who listen. `readers`: null where everyone reads it. */
export function entryName({ role, metadata }: Message, readers: string | null): string {
  const who = cleanName(metadata.author.name)
  const goesOn = metadata.continues === undefined ? '' : ' goes on'
  const what = role === 'user' ? `${who} asks` : `Answer for ${who}${goesOn}`
  return readers === null ? what : `${what}, ${inSentence(readers)} read this`
}

/** Where a copy comes from; null: it is none. */
export function sharedWords({ role, metadata }: Message, myId: string, now?: number): string | null {
  const { shared, author } = metadata
  if (!shared) return null
  const by = shared.by.id === myId ? 'you' : cleanName(shared.by.name)
  const whose = author.id === myId ? 'your' : `${cleanName(author.name)}’s`
  const what = role === 'user' ? 'question' : 'answer'
  return `Shared by ${by} from ${whose} ${what}, ${timeOf(shared.at, now)}`
}

/** In the lane that everybody reads: that an answer went on elsewhere, and nothing else. `below`: the reader sees it. */
export function narrowedWords(below: boolean): string {
  return below ? 'Continued privately, below' : 'Continued privately'
}
