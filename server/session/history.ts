import { ColloquyError, type Message } from '@colloquy/shared'
import type { ExportAnswer, ExportTurn, MessagesAnswer, PromptStateAnswer } from '@colloquy/shared/answers'
import { type SessionEvent, sessionEvent } from '@colloquy/shared/events'
import type { Journal } from '../journal/journal.ts'
import { messageContent } from './content.ts'
import { foldEntries } from './entries.ts'
import type { Entry, Lane, State } from './state.ts'

// What the journal still knows and the state no longer keeps: older messages, every turn, how a prompt ended.

/** Messages of one page. */
const PAGE = 50
/** Appends read from the journal at a time. */
const CHUNK = 2000

interface Past {
  entries: Entry[]
  bodies: Map<string, string>
}

/** The page of messages of a lane before `before`, oldest first. */
export async function readPage(
  journal: Journal,
  state: State,
  lane: Lane,
  before: number,
): Promise<MessagesAnswer> {
  const past = await entriesAround(journal, state, lane, before)
  const page = past.entries.filter((entry) => entry.seq < before).slice(-PAGE)
  const first = page[0]?.seq ?? 1
  return { messages: page.map((entry) => toMessage(entry, state, past)), before: first > 1 ? first : null }
}

/** Every message and turn of the lanes that `readable` names. */
export async function readAll(
  journal: Journal,
  state: State,
  readable: ReadonlySet<string>,
): Promise<ExportAnswer> {
  const past: Past = { entries: [], bodies: new Map() }
  const turns = new Map<string, ExportTurn>()
  for await (const { event, body } of events(journal, state.sessionId, 0, Infinity)) {
    if ('laneId' in event && !readable.has(event.laneId)) continue
    if ('turnId' in event && event.type !== 'turn.claimed' && !turns.has(event.turnId)) continue
    take(past, event, body)
    foldTurn(turns, event)
  }
  const messages = past.entries.map((entry) => toMessage(entry, state, past))
  return { session: { id: state.sessionId, title: state.title }, messages, turns: [...turns.values()] }
}

/** A message by id, wherever in the journal it is. */
export async function findEntry(
  journal: Journal,
  state: State,
  messageId: string,
): Promise<Entry | undefined> {
  let entries: readonly Entry[] = []
  for await (const { event } of events(journal, state.sessionId, 0, Infinity)) {
    // Only the two newest can change, and the one that is looked for.
    entries = foldEntries(entries, event)
    if (entries.length > 4)
      entries = entries.filter((entry, i) => entry.id === messageId || i >= entries.length - 2)
  }
  return entries.find((entry) => entry.id === messageId)
}

/** Where a prompt is that the state no longer knows. @throws ColloquyError `NOT_FOUND` */
export async function findPrompt(
  journal: Journal,
  state: State,
  promptId: string,
): Promise<PromptStateAnswer> {
  let found: PromptStateAnswer | undefined
  let turnId: string | undefined
  for await (const { event } of events(journal, state.sessionId, 0, Infinity)) {
    if ('promptId' in event && event.promptId === promptId) {
      if (event.type === 'prompt.accepted') found = { promptId, laneId: event.laneId, state: 'waiting' }
      if (event.type === 'prompt.withdrawn' && found) found = { ...found, state: 'ended', end: 'withdrawn' }
      if (event.type === 'turn.claimed') turnId = event.turnId
    }
    if (event.type === 'turn.ended' && event.turnId === turnId && found) {
      found = { ...found, state: 'ended', end: event.end }
    }
  }
  if (!found) throw new ColloquyError('NOT_FOUND', 'There is no such prompt.')
  return found
}

/** The messages between the marks around `before`: more than a page of them, unless the lane begins there. */
async function entriesAround(journal: Journal, state: State, lane: Lane, before: number): Promise<Past> {
  const at = lane.marks.findLastIndex((mark) => mark.seq < before)
  const from = lane.marks[Math.max(0, at - 1)]
  const to = lane.marks[at + 1]
  const past: Past = { entries: [], bodies: new Map() }
  if (!from) return past
  for await (const { event, body } of events(
    journal,
    state.sessionId,
    from.position - 1,
    to?.position ?? Infinity,
  )) {
    const ofLane = 'laneId' in event ? event.laneId === lane.laneId : 'turnId' in event
    if (ofLane) take(past, event, body)
  }
  return past
}

function take(past: Past, event: SessionEvent, body: string | null | undefined): void {
  past.entries = foldEntries(past.entries, event) as Entry[]
  if (typeof body === 'string' && 'cell' in event && event.cell) past.bodies.set(event.cell, body)
}

/** A retraction may stand later in the journal than the message: the state knows all of them. */
function toMessage(entry: Entry, state: State, { bodies }: Past): Message {
  const retractedAt = state.retracted[entry.id]
  return messageContent(retractedAt === undefined ? entry : { ...entry, cells: [], retractedAt }, bodies)
}

function foldTurn(turns: Map<string, ExportTurn>, event: SessionEvent): void {
  if (event.type === 'turn.claimed') {
    const { turnId, promptId, laneId, acceptedAt, at: claimedAt } = event
    const author = event.author.id
    turns.set(turnId, {
      turnId,
      promptId,
      author,
      laneId,
      acceptedAt,
      claimedAt,
      endedAt: null,
      end: null,
      attempts: 0,
    })
    return
  }
  const turn = 'turnId' in event ? turns.get(event.turnId) : undefined
  if (!turn) return
  if (event.type === 'step.started') turn.attempts = Math.max(turn.attempts, event.attempt)
  if (event.type === 'turn.ended') Object.assign(turn, { endedAt: event.at, end: event.end })
}

/** Events of appends after position `after` and before position `end`, in order. */
async function* events(journal: Journal, stream: string, after: number, end: number) {
  for (let from = after; ; ) {
    const chunk = await journal.read(stream, { after: from, limit: CHUNK })
    for (const { event, body, seq } of chunk) {
      if (seq >= end) return
      yield { event: sessionEvent.parse(event), body }
    }
    const last = chunk.at(-1)
    if (!last) return
    from = last.seq
  }
}
