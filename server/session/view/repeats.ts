import type { ModelGap, ModelMessage, ModelQuestion } from '../../model/port.ts'
import { isHighSurrogate } from '../lane-content.ts'
import { REPEAT_LENGTH } from './budget.ts'
import type { Piece } from './pieces.ts'
import type { Spoken } from './speak.ts'

/** Tokens of what stands in the place of words that were said before. */
const REFERENCE = 20
/** Shorter pieces are found everywhere. */
const TELLING = 32

/** Characters within which a line or a word is looked for to begin or end with. */
const LINE = 400

/** A message of which a stretch has been said before. */
export interface Repeat {
  entry: Spoken['entry']
  /** The message that holds it. */
  first: Spoken['entry']
  characters: number
  saved: number
}

export interface Said {
  messages: readonly ModelMessage[]
  tokens: number
  repeats: readonly Repeat[]
}

/** What was found for a message the last time; it holds as long as its pieces were first said in the same places. */
interface Found {
  places: readonly (Piece<Spoken> | undefined)[]
  said: Said
}
const found = new WeakMap<Spoken, Found>()

/** Tells messages in the order of a view, and long words of people only the first time. */
export class Repeats {
  readonly #first = new Map<string, Piece<Spoken>>()

  say(spoken: Spoken): Said {
    const { pieces } = spoken
    if (pieces.length === 0) return { messages: spoken.messages, tokens: spoken.tokens, repeats: [] }
    const places = pieces.map(({ text }) => (text.length < TELLING ? undefined : this.#first.get(text)))
    for (const piece of pieces) if (!this.#first.has(piece.text)) this.#first.set(piece.text, piece)
    const known = found.get(spoken)
    if (known?.places.every((place, at) => place === places[at])) return known.said
    const said = withoutRepeats(spoken, places)
    found.set(spoken, { places, said })
    return said
  }
}

interface Stretch {
  at: number
  end: number
  first: Spoken
}

function withoutRepeats(spoken: Spoken, places: Found['places']): Said {
  const [message] = spoken.messages
  const stretches = message?.role === 'user' ? repeatedIn(spoken, message.text, places) : []
  if (message?.role !== 'user' || stretches.length === 0) {
    return { messages: spoken.messages, tokens: spoken.tokens, repeats: [] }
  }
  const repeats = stretches.map(({ at, end, first }): Repeat => {
    const share = (end - at) / message.text.length
    const saved = Math.max(0, Math.floor(spoken.tokens * share) - REFERENCE)
    return { entry: spoken.entry, first: first.entry, characters: end - at, saved }
  })
  const saved = repeats.reduce((sum, repeat) => sum + repeat.saved, 0)
  return { messages: [leftOut(message, stretches)], tokens: spoken.tokens - saved, repeats }
}

/** The stretches, in order, that an earlier message holds word for word. */
function repeatedIn(spoken: Spoken, text: string, places: Found['places']): Stretch[] {
  const stretches: Stretch[] = []
  let done = 0
  for (const [index, piece] of spoken.pieces.entries()) {
    const place = places[index]
    if (!place || piece.at < done) continue
    const { at, end } = inWholeLines(text, widened(text, piece, textOf(place.of), place, done))
    if (end - at < REPEAT_LENGTH) continue
    stretches.push({ at, end, first: place.of })
    done = end
  }
  return stretches
}

/** The most that both texts share around a piece, from `done` on, without half characters. */
function widened(text: string, piece: Piece<Spoken>, before: string, place: Piece<Spoken>, done: number) {
  const shift = place.at - piece.at
  let { at } = piece
  let end = at + piece.text.length
  while (at > done && at + shift > 0 && text[at - 1] === before[at + shift - 1]) at--
  while (end < text.length && text[end] === before[end + shift]) end++
  if (at > 0 && isHighSurrogate(text.charCodeAt(at - 1))) at++
  if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--
  return { at, end }
}

/** The words of the person around a paste may begin and end like those of another: a line of theirs stays whole. */
function inWholeLines(text: string, { at, end }: { at: number; end: number }) {
  const head = text.slice(at, at + LINE)
  const tail = text.slice(Math.max(at, end - LINE), end)
  const startsLine = at === 0 || text[at - 1] === '\n'
  const skipped = startsLine ? 0 : Math.max(head.indexOf('\n'), 0) || Math.max(head.indexOf(' '), 0)
  const kept =
    end === text.length ? 0 : Math.max(tail.lastIndexOf('\n'), 0) || Math.max(tail.lastIndexOf(' '), 0)
  return { at: at + skipped, end: kept === 0 ? end : end - tail.length + kept }
}

function leftOut(message: ModelQuestion, stretches: readonly Stretch[]): ModelQuestion {
  const gaps: ModelGap[] = []
  let text = ''
  let done = 0
  for (const { at, end, first } of stretches) {
    text += message.text.slice(done, at)
    gaps.push({ at: text.length, characters: end - at, sameAs: whereIs(first) })
    done = end
  }
  text += message.text.slice(done)
  // The only other gap is at the end of a text that was too long.
  const rest = message.gaps?.map((gap) => ({ ...gap, at: text.length })) ?? []
  return { ...message, text, gaps: [...gaps, ...rest] }
}

function whereIs({ messages: [message] }: Spoken): NonNullable<ModelGap['sameAs']> {
  if (message?.role !== 'user') throw new Error('only what people said is repeated')
  const { id, seq, readers, moreReaders } = message.from
  return { id, seq, ...(readers ? { readers } : {}), ...(moreReaders ? { moreReaders } : {}) }
}

function textOf({ messages: [message] }: Spoken): string {
  return message?.role === 'user' ? message.text : ''
}
