import { type Audience, EVERYONE, MAIN_LANE, type PersonRef } from '@colloquy/shared'
import { type Call, EMPTY, type Entry, type Lane, type State, type Summary, type Turn } from '../state.ts'
import type { SummaryText } from './summary.ts'

/** A session made by hand: lanes, what was said in them, and the turn that asks next. */
export class Talk {
  readonly bodies = new Map<string, string>()
  readonly #lanes = new Map<string, Lane>()
  #ids = 0

  constructor() {
    this.lane(MAIN_LANE, EVERYONE)
  }

  get state(): State {
    return { ...EMPTY, sessionId: 's', lanes: Object.fromEntries(this.#lanes) }
  }

  lane(laneId: string, audience: Audience): void {
    this.#lanes.set(laneId, { ...EMPTY_LANE, laneId, audience })
  }

  /** A question; its answer follows unless `answer` is null. */
  say(laneId: string, author: string, text: string, answer: string | null = 'Yes.'): Entry {
    const turnId = this.id('t')
    const asked = this.add(laneId, { role: 'user', turnId, author: person(author), cells: [this.cell(text)] })
    if (answer !== null) {
      const cells = answer === '' ? [] : [this.cell(answer)]
      this.add(laneId, { role: 'assistant', turnId, author: person(author), cells })
    }
    return asked
  }

  add(laneId: string, entry: Partial<Entry>): Entry {
    const lane = this.#lane(laneId)
    const seq = lane.seq + 1
    const whole: Entry = {
      ...{ id: this.id('m'), role: 'user', seq, promptId: 'p', turnId: 't', author: person('ana') },
      ...{ at: seq, askedAt: seq, status: 'done', cells: [], calls: [] },
      ...entry,
    }
    this.#lanes.set(laneId, { ...lane, seq, entries: [...lane.entries, whole] })
    return whole
  }

  change(laneId: string, entryId: string, change: Partial<Entry>): void {
    const lane = this.#lane(laneId)
    const entries = lane.entries.map((entry) => (entry.id === entryId ? { ...entry, ...change } : entry))
    this.#lanes.set(laneId, { ...lane, entries })
  }

  summary(laneId: string, summary: Pick<Summary, 'fromSeq' | 'throughSeq'>, text: SummaryText): Summary {
    const lane = this.#lane(laneId)
    const sources = text.claims.flatMap((claim) => claim.sources)
    const whole: Summary = {
      ...summary,
      ...{ sources, by: 'extract', cell: this.cell(JSON.stringify(text)), length: 0 },
    }
    this.#lanes.set(laneId, { ...lane, summaries: [...lane.summaries, whole] })
    return whole
  }

  /** What the state is without messages before `seq`. */
  forget(laneId: string, seq: number): void {
    const lane = this.#lane(laneId)
    this.#lanes.set(laneId, { ...lane, entries: lane.entries.filter((entry) => entry.seq >= seq) })
  }

  /** A turn that asks `text` and has said nothing yet. */
  ask(laneId: string, author: string, text: string, turn: Partial<Turn> = {}): Turn {
    const turnId = this.id('t')
    const both = { turnId, author: person(author) }
    const continues = turn.continues ? { continues: turn.continues.answerId } : {}
    const question = this.add(laneId, { ...both, ...continues, role: 'user', cells: [this.cell(text)] })
    const answer = this.add(laneId, { ...both, ...continues, role: 'assistant', status: 'streaming' })
    return {
      ...{ turnId, promptId: 'p', laneId, author: person(author), model: 'm', startedAt: 0 },
      ...{ questionId: question.id, answerId: answer.id, step: 1, attempt: 1, state: 'streaming' },
      question: { cell: question.cells[0] ?? '', length: text.length, acceptedAt: 0 },
      ...turn,
    }
  }

  call(step: number, tool: string, args: unknown, output: string): Call {
    return {
      ...{ callId: this.id('k'), step, index: 0, tool, effect: 'read', replay: 'safe', argsHash: 'h' },
      ...{ cell: this.cell(JSON.stringify(args)), dispatches: 1 },
      settled: { outcome: 'ok', cell: this.cell(output), at: 0 },
    }
  }

  cell(text: string): string {
    const cell = this.id('c')
    this.bodies.set(cell, text)
    return cell
  }

  id(prefix: string): string {
    return `${prefix}_${this.#ids++}`
  }

  #lane(laneId: string): Lane {
    const lane = this.#lanes.get(laneId)
    if (!lane) throw new Error(`no lane ${laneId}`)
    return lane
  }
}

export function person(id: string): PersonRef {
  return { id, name: id.toUpperCase() }
}

const EMPTY_LANE: Lane = {
  into: [],
  ...{
    laneId: '',
    audience: EVERYONE,
    openedAt: 0,
    by: 'ana',
    incarnation: 1,
    board: 1,
    seq: 0,
    firstSeq: 1,
  },
  ...{ queue: [], pinned: [], serves: 0, served: {}, running: null, parked: [], entries: [], summaries: [] },
  ...{ ended: [], marks: [] },
}
