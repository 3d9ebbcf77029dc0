import { type Audience, EVERYONE } from '@colloquy/shared'
import type { ModelGap, ModelMessage, ModelQuestion, ModelReaders, Speaker } from '../../model/port.ts'
import { type Bodies, fits } from '../lane-content.ts'
import type { Call, Entry } from '../state.ts'
import { HISTORY_RESULT, HISTORY_RESULTS, HISTORY_TEXT, REPEAT_LENGTH, TURN_RESULTS } from './budget.ts'
import { type Piece, piecesOf } from './pieces.ts'
import { tokensOf } from './tokens.ts'

/** An entry as models are told it, before anything of it is found to be a repeat. */
export interface Spoken {
  entry: Entry
  messages: readonly ModelMessage[]
  tokens: number
  /** Where it is long enough to be a repeat: what it is made of. */
  pieces: readonly Piece<Spoken>[]
}

/** Tokens of what stands around a message, and for each reader that it names. */
const AROUND = 16
const READER = 6
/** Characters of a result that is not to be seen any more. */
const FORGOTTEN_RESULT = 200
/** Tokens of an answer, above which later turns see only what it said last. */
const LONG_ANSWER = 12_000

/** Entries are replaced when they change, and belong to one lane, whose audience never changes. */
const heard = new WeakMap<Entry, Spoken>()

/** An entry as later turns are told it. */
export function speak(entry: Entry, audience: Audience, bodies: Bodies): Spoken {
  const known = heard.get(entry)
  if (known) return known
  const spoken =
    entry.role === 'user'
      ? spokenQuestion(entry, question(entry, audience, bodies, HISTORY_TEXT))
      : { entry, ...historyAnswer(entry, audience, bodies), pieces: [] }
  heard.set(entry, spoken)
  return spoken
}

/** A question as the turn that answers it is told. */
export function speakPrompt(entry: Entry, audience: Audience, bodies: Bodies): Spoken {
  return spokenQuestion(entry, question(entry, audience, bodies, Infinity))
}

/** An answer's steps as its own turn is told them. */
export function speakSteps(entry: Entry, bodies: Bodies): ModelMessage[] {
  return steps(entry, bodies, newestWhole(entry.calls, bodies, TURN_RESULTS, Infinity, HISTORY_RESULT))
}

/** True when a view may begin with it: providers refuse a conversation that begins with an answer. */
export function opens({ messages: [first] }: Spoken): boolean {
  return first !== undefined && (first.role === 'user' || first.role === 'context')
}

export function tokensOfMessages(messages: readonly ModelMessage[]): number {
  return messages.reduce((sum, message) => sum + tokensOfMessage(message), 0)
}

function tokensOfMessage(message: ModelMessage): number {
  switch (message.role) {
    case 'user':
      return AROUND + READER * (message.from.readers?.length ?? 0) + tokensOf(message.text)
    case 'assistant': {
      const calls = message.calls ?? []
      const told = calls.map(({ tool, args }) => AROUND + tokensOf(tool) + tokensOf(JSON.stringify(args)))
      return told.reduce((sum, tokens) => sum + tokens, tokensOf(message.text))
    }
    case 'tool':
      return message.results.reduce((sum, { output }) => sum + AROUND + tokensOf(output), 0)
    case 'context': {
      const notes = 'notes' in message ? message.notes : []
      const readers = AROUND + READER * (message.readers?.length ?? 0)
      return notes.reduce((sum, { text, seqs }) => sum + AROUND + seqs.length + tokensOf(text), readers)
    }
  }
}

/** So many are named: the readers of a large audience would fill the view. */
const NAMED = 12

export function readersIn(audience: Audience): ModelReaders {
  if (audience === EVERYONE) return {}
  if (audience.length <= NAMED) return { readers: audience }
  return { readers: audience.slice(0, NAMED), moreReaders: audience.length - NAMED }
}

function question(entry: Entry, audience: Audience, bodies: Bodies, most: number): ModelQuestion {
  const whole = textsOf(entry, bodies).join('')
  const from: Speaker = {
    ...{ id: entry.author.id, name: entry.author.name, seq: entry.seq },
    ...readersIn(audience),
    ...(entry.shared ? { sharedBy: entry.shared.by.id } : {}),
  }
  if (whole.length <= most) return { role: 'user', from, text: whole }
  const text = whole.slice(0, fits(whole, 0, most))
  const gaps: ModelGap[] = [{ at: text.length, characters: whole.length - text.length }]
  return { role: 'user', from, text, gaps }
}

function spokenQuestion(entry: Entry, message: ModelQuestion): Spoken {
  const spoken = { entry, messages: [message], tokens: tokensOfMessage(message), pieces: noPieces }
  // A command to the model is no paste: it is carried out where it stands.
  const isPaste = message.text.length >= REPEAT_LENGTH && !/^\s*\/\w/.test(message.text)
  if (isPaste) spoken.pieces = piecesOf<Spoken>(spoken, message.text)
  return spoken
}

const noPieces: Piece<Spoken>[] = []

function historyAnswer(entry: Entry, audience: Audience, bodies: Bodies) {
  const most = newestWhole(entry.calls, bodies, HISTORY_RESULTS, HISTORY_RESULT, FORGOTTEN_RESULT)
  const whole = [...sharedAnswer(entry, audience), ...steps(entry, bodies, most)]
  const tokens = tokensOfMessages(whole)
  if (tokens <= LONG_ANSWER) return { messages: whole, tokens }
  const last = textsOf(entry, bodies).findLast((text) => text.trim() !== '') ?? ''
  const messages: ModelMessage[] = [
    ...sharedAnswer(entry, audience),
    { role: 'assistant', text: cut(last, HISTORY_TEXT) },
  ]
  return { messages, tokens: tokensOfMessages(messages) }
}

function sharedAnswer({ shared, seq }: Entry, audience: Audience): ModelMessage[] {
  if (!shared) return []
  const { id, name } = shared.by
  return [{ role: 'context', about: 'shared-answer', by: { id, name }, seq, ...readersIn(audience) }]
}

/** An answer as its steps, each followed by the results of what it called. */
function steps(entry: Entry, bodies: Bodies, most: (call: Call) => number): ModelMessage[] {
  return textsOf(entry, bodies).flatMap((text, index): ModelMessage[] => {
    const calls = entry.calls.filter((call) => call.step === index + 1)
    if (calls.length === 0) return text === '' ? [] : [{ role: 'assistant', text }]
    return [
      { role: 'assistant', text, calls: calls.map((call) => asked(call, bodies)) },
      { role: 'tool', results: calls.map((call) => result(call, bodies, most(call))) },
    ]
  })
}

/** How many characters of each result are seen: up to `each` of the newest until `room` is spent, then `rest`. */
function newestWhole(calls: readonly Call[], bodies: Bodies, room: number, each: number, rest: number) {
  let left = room
  const old = new Set<Call>()
  for (const call of calls.toReversed()) {
    if (left <= 0) old.add(call)
    left -= Math.min(bodies.get(call.settled?.cell ?? '')?.length ?? 0, each)
  }
  return (call: Call) => (old.has(call) ? rest : each)
}

function asked({ callId, tool, cell }: Call, bodies: Bodies) {
  return { callId, tool, args: JSON.parse(bodies.get(cell) ?? '{}') as unknown }
}

/** Providers reject a call without a result: one that is still open, which no step should see, is told so. */
function result({ callId, tool, settled }: Call, bodies: Bodies, most: number) {
  if (!settled) return { callId, tool, outcome: 'unknown' as const, output: 'This call has no result yet.' }
  return { callId, tool, outcome: settled.outcome, output: cut(bodies.get(settled.cell) ?? '', most) }
}

function textsOf(entry: Entry, bodies: Bodies): string[] {
  return entry.cells.map((cell) => bodies.get(cell) ?? '')
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most).toWellFormed()} … (cut)` : text
}
