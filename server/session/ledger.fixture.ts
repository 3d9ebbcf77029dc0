import { ColloquyError, DEFAULT_LIMITS, MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import fc from 'fast-check'
import { expect } from 'vitest'
import * as Y from 'yjs'
import { z } from 'zod'
import { CountingTool } from '../../test/kit/counting-tool.ts'
import { principal } from '../../test/kit/people.ts'
import { recordingJournal, recordingRooms } from '../../test/kit/recording.ts'
import { FINGERPRINT } from '../access/fingerprint.fixture.ts'
import { OPEN_RIGHTS } from '../access/rights.ts'
import type { NewEvent } from '../journal/journal.ts'
import { createToolbox } from '../tools/toolbox.ts'
import type { Command } from './api.ts'
import { next } from './arbiter.ts'
import { decide } from './decide.ts'
import { laneDocName } from './doc-names.ts'
import { isUndecided, openCall } from './fold-calls.ts'
import { intents, settled } from './intents.ts'
import { partsContent } from './lane-content.ts'
import { readContent } from './lane-doc.ts'
import { Ledger } from './ledger.ts'
import { answerOf } from './parked.ts'
import { nextSegment } from './segments.ts'
import type { Call, Turn } from './state.ts'
import { endTurn } from './turn-end.ts'

const PEOPLE = ['ana', 'bo', 'cy', 'stranger'] as const
const LIMITS = { ...DEFAULT_LIMITS, segmentMessages: 12, segmentCarry: 4, pendingPerPerson: 5 }
const TOOLS = createToolbox(() => [
  new CountingTool('asks', {
    effect: 'write',
    replay: 'unsafe',
    approver: 'author',
    input: z.looseObject({}),
  }),
  new CountingTool('looks', { effect: 'read', replay: 'safe' }),
])

export type Step =
  | { do: 'command'; who: number; command: number; pick: number; other: number; text: string }
  | { do: 'claim' | 'commit' | 'fail' | 'restart' }
  | { do: 'stream'; text: string }
  | { do: 'tools'; pick: number }

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constant('long '.repeat(9_000)),
)
export const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constant('command' as const),
      who: fc.nat(3),
      command: fc.nat(12),
      pick: fc.nat(30),
      other: fc.nat(30),
      text,
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'claim' as const,
        'claim' as const,
        'commit' as const,
        'fail' as const,
        'restart' as const,
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('stream' as const), text }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('tools' as const), pick: fc.nat(30) }) },
)

/** A session driven by hand: the real decisions, ledger and docs over a journal that only records. */
export class Play {
  now = 1000
  ids = 0
  said = ''
  readonly journal = recordingJournal()
  readonly replica = new Y.Doc()
  replicaOf = ''
  readonly rooms = recordingRooms((doc, update) => {
    // The reader of a lane, as a client is: it starts anew with each incarnation.
    if (doc === this.replicaOf) Y.applyUpdate(this.reader, update)
  })
  reader = new Y.Doc()
  readonly ledger: Ledger

  constructor() {
    const failed = (error: unknown) => {
      throw error
    }
    const deps = {
      journal: this.journal.port,
      rooms: this.rooms,
      rights: OPEN_RIGHTS,
      said: () => this.said,
      failed,
      clock: { now: () => this.now, after: () => () => {} },
    }
    this.ledger = new Ledger('s_1', '1:test', deps)
    this.events([
      { type: 'session.created', at: 1, sessionId: 's_1', workspaceId: 'w', title: 'Play', by: 'ana' },
      { type: 'member.changed', at: 1, userId: 'ana', name: 'ana', role: 'owner', by: 'ana' },
      { type: 'member.changed', at: 1, userId: 'bo', name: 'bo', role: 'prompter', by: 'ana' },
      { type: 'member.changed', at: 1, userId: 'cy', name: 'cy', role: 'viewer', by: 'ana' },
      { type: 'lane.opened', at: 1, laneId: MAIN_LANE, audience: 'everyone', by: 'ana' },
    ])
  }

  get lane() {
    const lane = this.ledger.state.lanes[MAIN_LANE]
    if (!lane) throw new Error('no lane')
    return lane
  }

  events(events: readonly SessionEvent[], bodies: readonly (string | undefined)[] = []): void {
    const batch = events.map((event, i): NewEvent<SessionEvent> => {
      const body = bodies[i]
      return body === undefined ? { event } : { event, body }
    })
    this.commit(batch)
  }

  async settle(): Promise<void> {
    await this.ledger.settled()
    const name = laneDocName('s_1', this.lane)
    if (name === this.replicaOf) return
    this.replicaOf = name
    this.reader = new Y.Doc()
    Y.applyUpdate(this.reader, this.ledger.docs.get(MAIN_LANE)?.encode() ?? new Uint8Array([0, 0]))
  }

  apply(step: Step): void {
    this.now += 1
    const turn = this.lane.running === null ? undefined : this.ledger.state.turns[this.lane.running]
    if (step.do === 'command') this.command(step)
    if (step.do === 'claim') this.claim()
    if (step.do === 'tools' && !turn) this.wakeParked(step.pick)
    if (!turn || step.do === 'command' || step.do === 'claim') return
    const at = this.now
    const { turnId } = turn
    if (turn.state !== 'streaming' && step.do !== 'tools') return
    if (step.do === 'stream') {
      const whole = step.text.toWellFormed()
      this.said += whole
      this.ledger.show(MAIN_LANE, turn.answerId, whole).catch(() => undefined)
    } else if (step.do === 'restart') {
      this.said = ''
      this.events([{ type: 'step.started', at, turnId, step: turn.step, attempt: turn.attempt + 1 }])
    } else if (step.do === 'tools') {
      this.useTools(turn, step.pick)
    } else {
      this.end(turn, step.do === 'fail')
    }
  }

  claim(): void {
    const chosen = next(this.ledger.state, this.lane, this.now)
    if (!chosen) return
    if ('turn' in chosen) {
      this.events([{ type: 'turn.resumed', at: this.now, turnId: chosen.turn.turnId }])
      return
    }
    const { prompt } = chosen
    const { promptId, laneId, author, cell, length } = prompt
    const n = this.ids++
    const turnId = `t${n}`
    this.said = ''
    this.events([
      {
        ...{
          type: 'turn.claimed',
          at: this.now,
          turnId,
          promptId,
          laneId,
          author,
          acceptedAt: prompt.at,
          cell,
          length,
        },
        ...{ seq: this.lane.seq + 1, questionId: `q${n}`, answerId: `a${n}`, model: 'm' },
      },
      { type: 'step.started', at: this.now, turnId, step: 1, attempt: 1 },
    ])
  }

  end(turn: Turn, failed: boolean): void {
    const at = this.now
    const { turnId, step, attempt } = turn
    const reason = 'PROVIDER_CUT' as const
    if (failed && this.ids % 2 === 0) {
      const until = at + 1_000
      this.events([{ type: 'step.failed', at, turnId, step, attempt, reason, retryAt: until }])
      if (this.ids % 3 === 0) this.events([{ type: 'turn.parked', at, turnId, reason, until }])
    } else if (failed) {
      this.said = ''
      this.commit(endTurn(this.ledger.state, turn, { end: 'failed', reason }, at, this.newId).events)
    } else {
      this.events([this.committed(turn), { type: 'turn.ended', at, turnId, end: 'done' }], [this.said])
    }
    this.said = ''
    this.roll()
  }

  /** The next thing of a turn with tools, whatever it is now. */
  useTools(turn: Turn, pick: number): void {
    const { turnId, step, attempt } = turn
    const at = this.now
    const { newId } = this
    const call = openCall(answerOf(this.ledger.state, turn))
    if (turn.state === 'streaming') {
      const body = this.said
      this.said = ''
      const { state } = this.ledger
      const place = { state, lane: this.lane, author: turn.author, rights: OPEN_RIGHTS }
      const where = { ...place, toolbox: TOOLS, newId, fingerprint: FINGERPRINT, now: at, turnId, step }
      const wishes = [
        { tool: 'asks', args: { pick } },
        { tool: pick % 2 ? 'looks' : 'none', args: {} },
      ]
      this.commit([{ event: this.committed(turn, body.length), body }, ...intents(wishes, where)])
    } else if (turn.state === 'waiting') {
      this.now = Math.max(this.now, turn.retryAt ?? 0)
      this.events([{ type: 'step.started', at: this.now, turnId, step, attempt: attempt + 1 }])
    } else if (!call) this.events([{ type: 'step.started', at, turnId, step: step + 1, attempt: 1 }])
    else if (isUndecided(call)) this.consent(turn, call, pick)
    else if (call.dispatches === 0) {
      this.events([{ type: 'tool.dispatched', at, turnId, callId: call.callId }])
    } else {
      const body = JSON.stringify({ found: 'x'.repeat(pick * 500) })
      this.commit([settled(turnId, call.callId, at, newId, { outcome: 'ok', body })])
    }
  }

  /** Brings what a parked turn waits for. */
  wakeParked(pick: number): void {
    const turn = this.ledger.state.turns[this.lane.parked[0] ?? '']
    const call = turn && openCall(answerOf(this.ledger.state, turn))
    if (turn?.parked?.reason !== 'APPROVAL') this.now = Math.max(this.now, turn?.parked?.until ?? 0)
    else if (call && isUndecided(call)) this.consent(turn, call, pick % 3 === 0 ? 1 : pick)
  }

  consent(turn: Turn, { callId, argsHash, expiresAt = 0 }: Call, pick: number): void {
    const { turnId } = turn
    if (pick % 3 === 0) {
      this.events([{ type: 'turn.parked', at: this.now, turnId, reason: 'APPROVAL', until: expiresAt }])
      this.roll()
      return
    }
    const said =
      pick % 3 === 1
        ? { decision: 'allow' as const }
        : { decision: 'edit' as const, args: { pick, at: pick } }
    this.decide(turn.author.id, { type: 'call.decide', turnId, callId, argsHash, ...said })
  }

  committed({ turnId, step, attempt }: Turn, length = this.said.length): SessionEvent {
    const cell = this.newId('c')
    return { type: 'step.committed', at: this.now, turnId, step, attempt, cell, length, finish: 'stop' }
  }

  readonly newId = (prefix: string) => `${prefix}${this.ids++}`

  commit(events: readonly NewEvent<SessionEvent>[]): void {
    this.ledger.commit({ events }).catch(() => undefined)
  }

  roll(): void {
    const doc = this.ledger.docs.get(MAIN_LANE)
    const rolled = doc && this.lane.running === null ? nextSegment(this.lane, doc, LIMITS, this.now) : null
    if (rolled) this.events([rolled])
  }

  command({ who, command, pick, other, text }: Extract<Step, { do: 'command' }>): void {
    const { state } = this.ledger
    const of = (list: readonly string[], n: number) => list[n % Math.max(1, list.length)] ?? 'unknown'
    const prompts = Object.keys(state.prompts)
    const commands: Command[] = [
      ...[0, 1, 2, 3].map(() => ({ type: 'prompt.submit' as const, text })),
      { type: 'prompt.move', promptId: of(prompts, pick), before: of(prompts, other) },
      { type: 'prompt.edit', promptId: of(prompts, pick), text },
      { type: 'prompt.withdraw', promptId: of(prompts, pick) },
      {
        type: 'prompt.move',
        promptId: of(prompts, pick),
        before: other % 3 === 0 ? null : of(prompts, other),
      },
      { type: 'turn.cancel', turnId: of(Object.keys(state.turns), pick) },
      {
        type: 'message.retract',
        messageId: of(
          this.lane.entries.map((entry) => entry.id),
          pick,
        ),
      },
      { type: 'member.set', userId: of(PEOPLE, pick), role: other % 2 === 0 ? 'prompter' : 'viewer' },
      { type: 'member.remove', userId: of(PEOPLE, pick) },
    ]
    const chosen = commands[command % commands.length]
    if (!chosen) return
    this.decide(of(PEOPLE, who), chosen)
    if (this.lane.running === null) this.said = ''
    this.roll()
  }

  decide(who: string, command: Command): void {
    const { state } = this.ledger
    try {
      const decision = decide(state, principal(who), command, {
        ...{ now: this.now, newId: this.newId, limits: LIMITS, models: ['m'], toolbox: TOOLS },
        ...{ rights: OPEN_RIGHTS, fingerprint: FINGERPRINT },
        ...{ body: (cell: string) => this.ledger.bodies.get(cell) ?? '' },
        ...{ said: (turnId: string) => (turnId === this.lane.running ? this.said : ''), older: [] },
      })
      this.ledger.commit(decision).catch(() => undefined)
    } catch (error) {
      if (!(error instanceof ColloquyError)) throw error
      expect(this.ledger.state).toBe(state)
    }
  }

  /** The content without what streams and is not committed: that comes last in the answer that runs. */
  withoutStream() {
    const content = readContent(this.ledger.docs.get(MAIN_LANE)?.doc ?? new Y.Doc())
    for (const message of content.messages) {
      if (message.metadata.status !== 'streaming') continue
      const entry = this.lane.entries.find(({ id }) => id === message.id)
      const whole = entry ? partsContent(entry, this.ledger.bodies).length : 0
      const streams = message.parts.slice(whole).map((part) => ('text' in part ? part.text : '?'))
      const runs = this.ledger.state.turns[message.metadata.turnId]?.turnId === this.lane.running
      expect(streams.join('')).toBe(runs ? this.said : '')
      message.parts = message.parts.slice(0, whole)
    }
    return content
  }
}
