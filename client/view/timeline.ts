import type { Message } from '../types/index.ts'

/** A message and where it came from: the list, and its place there. */
interface Entry {
  message: Message
  list: number
  index: number
}

/**
 * The messages of several lanes as one list. The order is found anew only when a message comes or goes: one that
 * changes, as for every token of an answer, takes its old place.
 */
export class Timeline {
  #lists: readonly (readonly Message[])[] = []
  #from = 0
  #merged: readonly Message[] = []
  /** Of each message in each list its index in `#merged`; absent: it is not shown. */
  #places: (number | undefined)[][] = []

  /**
   * `lists` are of one lane each, main first, by lane `seq`. Of narrower lanes only what came after a main message with
   * `seq` >= `from` is shown: before that there are main messages which are not here.
   */
  merge(lists: readonly (readonly Message[])[], from: number): readonly Message[] {
    const [main = [], ...narrower] = lists
    if (narrower.length === 0) {
      this.#lists = []
      return main
    }
    const changed = from === this.#from ? changes(this.#lists, lists) : null
    if (changed) this.#patch(changed)
    else this.#order(lists, from)
    this.#lists = lists
    this.#from = from
    return this.#merged
  }

  #patch(changed: readonly Entry[]): void {
    const next = changed.length > 0 ? this.#merged.slice() : null
    for (const { message, list, index } of changed) {
      const place = this.#places[list]?.[index]
      if (place !== undefined && next) next[place] = message
    }
    if (next) this.#merged = next
  }

  #order(lists: readonly (readonly Message[])[], from: number): void {
    const order = interleave(lists, from)
    this.#places = lists.map(() => [])
    order.forEach(({ list, index }, place) => {
      const places = this.#places[list]
      if (places) places[index] = place
    })
    this.#merged = order.map(({ message }) => message)
  }
}

/** What is another object in `next`, where both hold the same messages in the same places; else null. */
function changes(
  before: readonly (readonly Message[])[],
  next: readonly (readonly Message[])[],
): readonly Entry[] | null {
  if (before.length !== next.length) return null
  const changed: Entry[] = []
  for (const [list, messages] of next.entries()) {
    const known = before[list]
    if (messages === known) continue
    if (messages.length !== known?.length) return null
    for (const [index, message] of messages.entries()) {
      if (message === known[index]) continue
      if (message.id !== known[index]?.id) return null
      changed.push({ message, list, index })
    }
  }
  return changed
}

function interleave(lists: readonly (readonly Message[])[], from: number): readonly Entry[] {
  const [main = [], ...narrower] = lists.map((messages, list) =>
    messages
      .map((message, index) => ({ message, list, index }))
      .filter(({ message }) => list === 0 || afterOf(message) >= from),
  )
  const shown = new Set([main, ...narrower].flatMap((each) => each.map(({ message }) => message.id)))
  const order: Entry[] = []
  const goesOn = new Map<string, Entry[]>()
  const emit = (entry: Entry) => {
    order.push(entry)
    const next = goesOn.get(entry.message.id) ?? []
    // Once, whatever the ids say.
    goesOn.delete(entry.message.id)
    next.forEach(emit)
  }
  const flows = narrower.map((entries) =>
    entries.filter((entry) => {
      const { continues } = entry.message.metadata
      if (continues === undefined || !shown.has(continues)) return true
      // Its question stands before the answer that it goes on from.
      if (entry.message.role === 'assistant') goesOn.set(continues, [...(goesOn.get(continues) ?? []), entry])
      return false
    }),
  )
  const emitBefore = merging(flows, emit)
  for (const entry of main) {
    emitBefore(entry.message.metadata.seq)
    emit(entry)
  }
  emitBefore(Number.POSITIVE_INFINITY)
  return order
}

/**
 * @returns what emits, of all flows, all that comes before the main message with this `seq`: by time, then by lane,
 * each flow in its own order
 */
function merging(flows: readonly Entry[][], emit: (entry: Entry) => void): (seq: number) => void {
  const heads = flows
    .filter((entries) => entries.length > 0)
    .map((entries) => ({ entries, at: 0, laneId: entries[0]?.message.laneId ?? '' }))
    .sort((a, b) => (a.laneId < b.laneId ? -1 : 1))
  return (seq) => {
    for (;;) {
      let first: (typeof heads)[number] | null = null
      let next: Entry | null = null
      for (const head of heads) {
        const entry = head.entries[head.at]
        if (!entry || afterOf(entry.message) >= seq) continue
        if (next && shownFrom(next.message) <= shownFrom(entry.message)) continue
        first = head
        next = entry
      }
      if (!first || !next) return
      first.at++
      emit(next)
    }
  }
}

function afterOf({ metadata }: Message): number {
  return metadata.after ?? 0
}

/** A copy says when its source was written; it is here since it was shared. */
function shownFrom({ metadata: { at, shared } }: Message): number {
  return shared?.at ?? at
}
