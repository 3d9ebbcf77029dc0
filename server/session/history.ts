import { ColloquyError, type Message } from '@colloquy/shared'
import type { ExportAnswer, ExportTurn, MessagesAnswer, PromptStateAnswer } from '@colloquy/shared/answers'
import { type SessionEvent, sessionEvent } from '@colloquy/shared/events'
import type { Journal } from '../journal/journal.ts'
import type { PlacedEntry } from './decision.ts'
import { retractedAt } from './fold-copies.ts'
import { begunEntries, entryChange } from './fold-entries.ts'
import { messageContent } from './lane-content.ts'
import type { Entry, Lane, State } from './state.ts'

// What the journal still knows and the state no longer keeps: older messages, every turn, how a prompt ended.

/** Messages of one page. */
const PAGE = 50
/** Appends read from the journal at a time. */
const CHUNK = 2000

/** What is read: a session as its state was at position `upTo`, and nothing that came later. */
export interface History {
  journal: Journal
  state: State
  upTo: number
}

interface Past {
  entries: Entry[]
  bodies: Map<string, string>
}

/** The page of messages of a lane before `before`, oldest first. */
export async function readPage(history: History, lane: Lane, before: number): Promise<MessagesAnswer> {
  const messages = (await readStretch(history, lane, before)).slice(-PAGE)
  const first = messages[0]?.metadata.seq ?? 1
  return { messages, before: first > 1 ? first : null }
}

/** Messages of a lane before `before`, oldest first: a page of them at least, unless the lane begins there. */
export async function readStretch(history: History, lane: Lane, before: number): Promise<Message[]> {
  const past = await entriesAround(history, lane, before)
  const stretch = past.entries.filter((entry) => entry.seq < before)
  return stretch.map((entry) => toMessage(entry, history.state, past))
}

/** Every message and turn of the lanes that `readable` names. */
export async function readAll(history: History, readable: ReadonlySet<string>): Promise<ExportAnswer> {
  const { state } = history
  const past: Past = { entries: [], bodies: new Map() }
  const turns = new Map<string, ExportTurn>()
  for await (const { event, body } of events(history, 0, history.upTo)) {
    if ('laneId' in event && !readable.has(event.laneId)) continue
    if ('turnId' in event && begunEntries(event).length === 0 && !turns.has(event.turnId)) continue
    take(past, event, body)
    foldTurn(turns, event)
  }
  const messages = past.entries.map((entry) => toMessage(entry, state, past))
  return { session: { id: state.sessionId, title: state.title }, messages, turns: [...turns.values()] }
}

/** Messages that are looked for, wherever in the journal they are; their texts are not read. */
export async function findEntries(
  history: History,
  isWanted: (entry: Entry) => boolean,
): Promise<PlacedEntry[]> {
  const past: Past = { entries: [], bodies: new Map() }
  const lanes = new Map<string, string>()
  for await (const { event } of events(history, 0, history.upTo, false)) {
    const begun = begunEntries(event).filter(isWanted)
    if ('laneId' in event) for (const { id } of begun) lanes.set(id, event.laneId)
    past.entries.push(...begun)
    const isOurs = past.entries.length > 0 && (begun.length > 0 || concernsAny(past.entries, event))
    if (isOurs) change(past, event, undefined)
  }
  return past.entries.map((entry) => ({ laneId: lanes.get(entry.id) ?? '', entry }))
}

/**
 * Where a prompt is that the state no longer knows, as far as somebody can see who reads these lanes.
 * @throws ColloquyError `NOT_FOUND`
 */
export async function findPrompt(
  history: History,
  promptId: string,
  readable: ReadonlySet<string>,
): Promise<PromptStateAnswer> {
  let found: PromptStateAnswer | undefined
  let turnId: string | undefined
  for await (const { event } of events(history, 0, history.upTo, false)) {
    if ('promptId' in event && event.promptId === promptId) {
      if (event.type === 'prompt.accepted' && readable.has(event.laneId))
        found = { promptId, laneId: event.laneId, state: 'waiting' }
      if (event.type === 'prompt.withdrawn' && found?.state === 'waiting')
        found = { ...found, state: 'ended', end: 'withdrawn' }
      if (event.type === 'turn.narrowed' && readable.has(event.intoLaneId)) {
        found = { promptId, laneId: event.intoLaneId, state: 'waiting' }
        turnId = undefined
      }
      if (event.type === 'turn.claimed' && readable.has(event.laneId)) {
        turnId = event.turnId
        found = { promptId, laneId: event.laneId, state: 'running' }
      }
    }
    if (event.type === 'turn.ended' && event.turnId === turnId && found) {
      found = { ...found, state: 'ended', end: event.end }
    }
  }
  if (!found) throw new ColloquyError('NOT_FOUND', 'There is no such prompt.')
  return found
}

/** The messages between the marks around `before`: more than a page of them, unless the lane begins there. */
async function entriesAround(history: History, lane: Lane, before: number): Promise<Past> {
  const at = lane.marks.findLastIndex((mark) => mark.seq < before)
  const from = lane.marks[Math.max(0, at - 1)]
  // Messages that were written at once, as those of a fork, stand at one position.
  const to = lane.marks.find(({ seq, position }) => seq >= before && position > (from?.position ?? 0))
  const past: Past = { entries: [], bodies: new Map() }
  if (!from) return past
  const upTo = Math.min(history.upTo, to ? to.position - 1 : Infinity)
  for await (const { event, body } of events(history, from.position - 1, upTo)) {
    const ofLane = 'laneId' in event ? event.laneId === lane.laneId : 'turnId' in event
    if (ofLane) take(past, event, body)
  }
  await readToTheEnd(history, past, upTo)
  return past
}

/** A turn that was parked goes on among the messages of others, perhaps long after its own. */
async function readToTheEnd(history: History, past: Past, after: number): Promise<void> {
  const open = new Set(past.entries.flatMap(({ status, turnId }) => (status === 'streaming' ? [turnId] : [])))
  if (open.size === 0) return
  for await (const { event, body } of events(history, after, history.upTo)) {
    if (!('turnId' in event) || !open.has(event.turnId)) continue
    take(past, event, body)
    if (event.type === 'turn.ended') open.delete(event.turnId)
    if (open.size === 0) return
  }
}

function take(past: Past, event: SessionEvent, body: string | null | undefined): void {
  past.entries.push(...begunEntries(event))
  change(past, event, body)
}

/** In place: copying the entries for each event would make a long export quadratic. */
function change({ entries, bodies }: Past, event: SessionEvent, body: string | null | undefined): void {
  if (typeof body === 'string' && 'cell' in event && event.cell) bodies.set(event.cell, body)
  // Retractions are taken from the state, which knows all of them.
  const change = event.type === 'entry.retracted' ? null : entryChange(event)
  const index = change ? entries.findLastIndex(change.concerns) : -1
  const entry = entries[index]
  if (change && entry) entries[index] = change.apply(entry)
}

function concernsAny(entries: readonly Entry[], event: SessionEvent): boolean {
  const change = entryChange(event)
  return change !== null && entries.some(change.concerns)
}

/** A retraction may stand later in the journal than the message: the state knows all of them. */
function toMessage(entry: Entry, state: State, { bodies }: Past): Message {
  const at = retractedAt(state, entry.id)
  return messageContent(at === undefined ? entry : { ...entry, cells: [], retractedAt: at }, bodies)
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

/** All events, oldest first, without what people and models wrote. */
export async function* eventsOf(history: History): AsyncIterable<SessionEvent> {
  for await (const { event } of events(history, 0, history.upTo, false)) yield event
}

/** Events after position `after` up to and including `upTo`, in order. */
async function* events({ journal, state }: History, after: number, upTo: number, bodies = true) {
  for (let from = after; from < upTo; ) {
    const limit = Math.min(CHUNK, upTo - from)
    const chunk = await journal.read(state.sessionId, { after: from, limit, bodies })
    for (const { event, body, seq } of chunk) {
      if (seq > upTo) return
      yield { event: sessionEvent.parse(event), body }
    }
    const last = chunk.at(-1)
    if (!last) return
    from = last.seq
  }
}
