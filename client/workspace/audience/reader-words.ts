import type { Audience } from '@colloquy/client'
import { EVERYONE, groupNamed } from '@colloquy/shared/audience'
import { cleanName } from '../parts/names.ts'
import type { Choice } from './choice.ts'

/** Names that a line has room for. */
const MOST = 3

/** What is known of the people whom a set names. */
export interface Who {
  myId: string
  nameOf: (userId: string) => string
  /** True for who is a member now. */
  isHere: (userId: string) => boolean
}

/** Who reads a thing, such as "Only you" or "You and Bo". */
export function readersOf(audience: Audience, { myId, nameOf, isHere }: Who): string {
  if (audience === EVERYONE) return 'Everyone here, now and later'
  const others = audience
    .filter((id) => id !== myId)
    .map((id) => {
      const group = groupNamed(id)
      if (group !== undefined) return pickedName(id, group)
      return isHere(id) ? cleanName(nameOf(id)) : `${cleanName(nameOf(id))} (has left)`
    })
  return namesWith(others)
}

/** Who will read what is sent, as it was picked. */
export function choiceWords(choice: Choice): string {
  if (choice === EVERYONE) return 'Everyone here, now and later'
  return namesWith(choice.map(({ id, name }) => pickedName(id, name)))
}

/** Of somebody or some group that was picked, within a sentence. */
export function pickedName(id: string, name: string): string {
  return groupNamed(id) === undefined ? cleanName(name) : `group ${cleanName(name)}`
}

/** What sending, or sharing, will do, in one sentence. */
export function willRead(choice: Choice, what: string): string {
  if (choice === EVERYONE) return `Everyone in this session, now and later, will read ${what}.`
  return `${choiceWords(choice)} will read ${what}.`
}

/** The same words after others: "only you". */
export function inSentence(words: string): string {
  return words.charAt(0).toLowerCase() + words.slice(1)
}

function namesWith(others: readonly string[]): string {
  if (others.length === 0) return 'Only you'
  const shown = others.length > MOST ? others.slice(0, MOST - 1) : others
  const rest = others.length - shown.length
  return listOf(['You', ...shown, ...(rest > 0 ? [`${rest} others`] : [])])
}

/** "a", "a and b", "a, b and c". */
export function listOf(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
