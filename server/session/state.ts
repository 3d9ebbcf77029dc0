import type {
  Approver,
  Audience,
  CallOutcome,
  CallReason,
  PersonRef,
  Role,
  RunningTurn,
  SharedFrom,
  StepUsage,
  Through,
  ToolEffect,
  ToolReplay,
  Waiting,
} from '@colloquy/shared'
import type { TurnEnd, TurnReason } from '@colloquy/shared/events'
import type { Grown } from './grown.ts'

/**
 * What a session is, folded from its events. Plain JSON, never changed in place, and without any text that
 * people or models wrote: that lies in the cells which prompts and entries name. Bounded: older entries are
 * dropped once they are summed up and a lane has rolled, and read from the journal again when somebody asks.
 */
export interface State {
  sessionId: string
  workspaceId: string
  title: string
  createdAt: number
  activeAt: number
  /** Who is in now, by userId. */
  members: Readonly<Record<string, Member>>
  /** When somebody else last removed or lowered a person: invites from before do not let them in. */
  barred: Readonly<Record<string, number>>
  invites: Readonly<Record<string, Invite>>
  lanes: Readonly<Record<string, Lane>>
  /** Prompts that wait, by promptId. */
  prompts: Readonly<Record<string, PendingPrompt>>
  /** Turns that run, by turnId. */
  turns: Readonly<Record<string, Turn>>
  /** When each retracted message was taken back. */
  retracted: Grown<number>
  /** Of each message that is a copy, which one it is of: taking that back takes it back. */
  copies: Grown<Copy>
  /** Names of the workspace's tools that turns of this session do without. */
  withoutTools: readonly string[]
}

/** A message that holds the text of another. */
export interface Copy {
  of: string
  /** False for the question of a turn that went on in a narrower lane: the same words, not others' copy of them. */
  shared: boolean
}

export interface Member {
  name: string
  role: Role
}

export interface Invite {
  role: Role
  /** Who made it, and when. */
  by: string
  at: number
  usesLeft: number
  expiresAt: number
}

export interface Lane {
  laneId: string
  audience: Audience
  /** By which groups people are in the audience. */
  through?: Through
  openedAt: number
  /** Who chose these readers first; while only narrowed calls led here, whose call was the first. */
  by: string
  /** True while only narrowed calls have led here, and nobody's choice of readers. */
  narrowed?: true
  /** The lanes that turns of this one went on in. */
  into: readonly string[]
  /** Incarnations of the lane doc and of its board. */
  incarnation: number
  board: number
  /** The last `seq` given to a message of this lane. */
  seq: number
  /** `seq` of the first message in the current segment. */
  firstSeq: number
  /** Waiting prompts in the order they were accepted or their authors moved them. */
  queue: readonly string[]
  /** Prompts that a moderator moved, and those that were to run before them: they run first. */
  pinned: readonly string[]
  /** How often anybody was given the lane: a turn began, or a parked one went on. */
  serves: number
  /** The number of the last time that it was given to each person: who was served longest ago runs next. */
  served: Readonly<Record<string, number>>
  running: string | null
  /** The turns that wait outside of the lane, in the order in which they left it. */
  parked: readonly string[]
  entries: readonly Entry[]
  /** What stands in views in place of older messages, oldest first. */
  summaries: readonly Summary[]
  /** The latest ends of its prompts, oldest first; earlier ones are in the journal. */
  ended: readonly EndedPrompt[]
  /** Where in the journal the messages from `seq` on begin; one mark about every hundred messages. */
  marks: readonly { seq: number; position: number }[]
}

export interface PendingPrompt {
  promptId: string
  laneId: string
  author: PersonRef
  cell: string
  length: number
  at: number
  rank: number
  state: 'waiting' | 'held'
  model?: string
  continues?: Continued
  /** The question that it asks again: its words are that message's. */
  again?: string
}

/** The part of a turn that ended as `narrowed` in a wider lane. */
export interface Continued {
  turnId: string
  laneId: string
  questionId: string
  answerId: string
  /** The calls that the rest begins with, as JSON. */
  cell: string
}

/** What a lane's messages `fromSeq` to `throughSeq` come to. Its text is JSON: see `view/summary.ts`. */
export interface Summary {
  fromSeq: number
  throughSeq: number
  /** Ids of the messages that it was made from. */
  sources: readonly string[]
  by: 'model' | 'extract'
  cell: string
  length: number
}

export interface Turn {
  turnId: string
  promptId: string
  laneId: string
  author: PersonRef
  answerId: string
  questionId: string
  model: string
  startedAt: number
  step: number
  attempt: number
  state: RunningTurn['state']
  /** When the next attempt begins, while `state` is `waiting`. */
  retryAt?: number
  /** Set while it has left its lane to others. */
  parked?: { reason: TurnReason; until: number }
  /** The prompt's text, and when it was accepted. */
  question: { cell: string; length: number; acceptedAt: number }
  continues?: Continued
  again?: string
}

/** A tool call of an answer. Its arguments and its result lie in cells. */
export interface Call {
  callId: string
  step: number
  /** Place among the calls of its step. */
  index: number
  tool: string
  effect: ToolEffect
  replay: ToolReplay
  argsHash: string
  cell: string
  approver?: Approver
  expiresAt?: number
  decision?: 'allowed' | 'denied' | 'edited' | 'expired'
  decidedBy?: PersonRef
  /** How often it was sent to the tool, and when last. */
  dispatches: number
  dispatchedAt?: number
  settled?: { outcome: CallOutcome; reason?: CallReason; cell: string; at: number }
}

/** A message of the transcript without its text. */
export interface Entry {
  id: string
  role: 'user' | 'assistant'
  seq: number
  /** In a lane that not everyone reads: the main lane's `seq` that it comes after. */
  after?: number
  promptId: string
  turnId: string
  author: PersonRef
  at: number
  /** When its question was accepted. */
  askedAt: number
  status: TurnEnd | 'streaming'
  /** The texts of the message in order: one for a question, one for each committed step of an answer. */
  cells: readonly string[]
  /** What the steps of an answer called, in order. */
  calls: readonly Call[]
  /** What a streaming answer waits for. */
  waiting?: Waiting
  endedAt?: number
  reason?: string
  model?: string
  usage?: StepUsage
  /** Id of the message in a wider lane that it goes on from. */
  continues?: string
  /** Of a question: the message that asked it first, where it asks that again. */
  again?: string
  shared?: SharedFrom
  retractedAt?: number
}

export interface EndedPrompt {
  promptId: string
  end: TurnEnd | 'withdrawn'
  again?: string
}

/** How many ends a lane keeps. */
export const ENDED_KEPT = 400
/** Messages kept for views when the lane doc starts a shorter segment. */
export const ENTRIES_KEPT = 200
/** … and at most as many while no summary stands for the oldest of them. */
export const OPEN_KEPT = 400
/** Messages from one mark to the next. */
export const MARK_EVERY = 100

/** The state before the first event. */
export const EMPTY: State = {
  sessionId: '',
  workspaceId: '',
  title: '',
  createdAt: 0,
  activeAt: 0,
  members: {},
  barred: {},
  invites: {},
  lanes: {},
  prompts: {},
  turns: {},
  retracted: [],
  copies: [],
  withoutTools: [],
}

/** Bumped when the fold changes: a stored state of another version is folded anew from the events. */
export const STATE_VERSION = 10
