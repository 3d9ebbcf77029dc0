import { EVERYONE, groupNamed } from '@colloquy/shared/audience'
import { inBrowser } from '../parts/page-storage.ts'
import { Store } from '../parts/store.ts'
import type { Choice, Picked } from './choice.ts'

const AT = 'colloquy/audience/'

/** For whom each person writes in each session, by where it lies in this browser. */
const known = new Map<string, Store<Choice>>()

export function keyFor(sessionId: string, userId: string): string {
  return `${AT}${sessionId}/${encodeURIComponent(userId)}`
}

export function keptChoice(key: string): Store<Choice> {
  let store = known.get(key)
  if (!store) {
    store = new Store<Choice>(read(inBrowser.getItem(key)))
    known.set(key, store)
  }
  return store
}

export function keepChoice(key: string, choice: Choice): void {
  keptChoice(key).set(choice)
  if (choice === EVERYONE) inBrowser.removeItem(key)
  else inBrowser.setItem(key, JSON.stringify(choice))
}

/**
 * What this person picked stays, as their drafts do, for when they come back; what others are called does not stay in
 * a browser that they have left.
 */
export function forgetNames(userId: string): void {
  const end = keyFor('', userId).slice(AT.length)
  for (const key of inBrowser.keys().filter((each) => each.startsWith(AT) && each.endsWith(end))) {
    const choice = read(inBrowser.getItem(key))
    known.delete(key)
    if (choice !== EVERYONE) inBrowser.setItem(key, JSON.stringify(choice.map(({ id }) => ({ id }))))
  }
}

function read(kept: string | null): Choice {
  if (kept === null) return EVERYONE
  try {
    const found: unknown = JSON.parse(kept)
    const picked = Array.isArray(found) ? found.map(pickedFrom) : []
    return picked.every((each) => each !== null) ? picked : []
  } catch {
    // Something was picked: whoever it was, it was not everyone.
    return []
  }
}

function pickedFrom(value: unknown): Picked | null {
  if (typeof value !== 'object' || value === null) return null
  const { id, name = '' } = value as Partial<Picked>
  if (typeof id !== 'string' || typeof name !== 'string') return null
  return { id, name: groupNamed(id) ?? name }
}
