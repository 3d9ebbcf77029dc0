import { ColloquyError, DEFAULT_LIMITS, MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { principal } from '../../test/kit/people.ts'
import { recordingJournal, recordingRooms } from '../../test/kit/recording.ts'
import type { NewEvent } from '../journal/journal.ts'
import { NO_TOOLS } from '../tools/toolbox.ts'
import type { Command } from './api.ts'
import { next, order } from './arbiter.ts'
import { decide } from './decide.ts'
import { laneDocName } from './doc-names.ts'
import { fold } from './fold.ts'
import { laneContent } from './lane-content.ts'
import { LaneDoc, readContent } from './lane-doc.ts'
import { Ledger } from './ledger.ts'
import { nextSegment } from './segments.ts'
import { EMPTY } from './state.ts'

const PEOPLE = ['ana', 'bo', 'cy', 'stranger'] as const
const LIMITS = { ...DEFAULT_LIMITS, segmentMessages: 12, segmentCarry: 4, pendingPerPerson: 5 }

type Step =
  | { do: 'command'; who: number; command: number; pick: number; other: number; text: string }
  | { do: 'claim' | 'commit' | 'fail' | 'restart' }
  | { do: 'stream'; text: string }

const text = fc.oneof(
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
  fc.constant('long '.repeat(9_000)),
)
const step: fc.Arbitrary<Step> = fc.oneof(
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
)

/** A session driven by hand: the real decisions, ledger and docs over a journal that only records. */
class Play {
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
      said: () => this.said,
      failed,
      now: () => this.now,
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
    this.ledger.commit({ events: batch }).catch(() => undefined)
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
    if (!turn || step.do === 'command' || step.do === 'claim') return
    const at = this.now
    const { turnId } = turn
    if (step.do === 'stream') {
      const whole = step.text.toWellFormed()
      this.said += whole
      this.ledger.show(MAIN_LANE, turn.answerId, whole).catch(() => undefined)
    } else if (step.do === 'restart') {
      this.said = ''
      this.events([{ type: 'step.started', at, turnId, step: 1, attempt: turn.attempt + 1 }])
    } else {
      this.end(turnId, turn.attempt, step.do === 'fail')
    }
  }

  claim(): void {
    const chosen = next(this.ledger.state, this.lane, this.now)
    if (!chosen || !('prompt' in chosen)) return
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

  end(turnId: string, attempt: number, failed: boolean): void {
    const at = this.now
    if (failed) {
      this.events([{ type: 'turn.ended', at, turnId, end: 'failed', reason: 'PROVIDER_CUT' }])
    } else {
      const cell = `c${this.ids++}`
      const committed = {
        type: 'step.committed',
        at,
        turnId,
        step: 1,
        attempt,
        cell,
        length: this.said.length,
        finish: 'stop',
      } as const
      this.events([committed, { type: 'turn.ended', at, turnId, end: 'done' }], [this.said])
    }
    this.said = ''
    this.roll()
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
      { type: 'turn.cancel', turnId: this.lane.running ?? 'none' },
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
    const newId = (prefix: string) => `${prefix}${this.ids++}`
    try {
      const decision = decide(state, principal(of(PEOPLE, who)), chosen, {
        ...{
          now: this.now,
          newId,
          limits: LIMITS,
          models: ['m'],
          toolbox: NO_TOOLS,
          said: () => this.said,
          older: undefined,
        },
      })
      this.ledger.commit(decision).catch(() => undefined)
    } catch (error) {
      if (!(error instanceof ColloquyError)) throw error
      expect(this.ledger.state).toBe(state)
    }
    if (this.lane.running === null) this.said = ''
    this.roll()
  }

  /** The content without what streams and is not committed. */
  withoutStream() {
    const content = readContent(this.ledger.docs.get(MAIN_LANE)?.doc ?? new Y.Doc())
    for (const message of content.messages) if (message.metadata.status === 'streaming') message.parts = []
    return content
  }
}

describe('ledger', () => {
  it('[R1] nothing is published, and nobody is answered, before the append that covers it; then in order', async () => {
    const writes: (() => void)[] = []
    const append = () => new Promise<number>((resolve) => writes.push(() => resolve(0)))
    const out: string[] = []
    const rooms = recordingRooms((doc) => out.push(doc))
    const failed = (error: unknown) => out.push(String(error))
    const ledger = new Ledger('s_1', '1:test', {
      journal: { append } as never,
      rooms,
      said: () => '',
      failed,
      now: () => 1,
    })
    const opened = { type: 'lane.opened', at: 1, laneId: MAIN_LANE, audience: 'everyone', by: 'ana' } as const
    ledger.commit({ events: [{ event: opened }] }).then(() => out.push('opened'))
    const prompt = {
      type: 'prompt.accepted',
      at: 1,
      promptId: 'p',
      laneId: MAIN_LANE,
      author: 'ana',
      cell: 'c',
      length: 1,
    } as const
    ledger.commit({ events: [{ event: prompt, body: 'x' }] }).then(() => out.push('accepted'))
    ledger.settled().then(() => out.push('settled'))
    await Promise.resolve()
    expect(out).toEqual([])
    // The later append is durable first: it still waits for the earlier one.
    writes[1]?.()
    await new Promise(setImmediate)
    expect(out).toEqual([])
    writes[0]?.()
    await new Promise(setImmediate)
    expect(out).toEqual(['s_1/main@1', 'opened', 's_1/main@1', 'accepted', 'settled'])
  })

  it('[R3] when an append fails, nothing of it or after it leaves, and the ledger takes nothing more', async () => {
    let fail: (error: Error) => void = () => undefined
    const append = () => new Promise<number>((_, reject) => (fail = reject))
    const out: string[] = []
    const rooms = recordingRooms((doc) => out.push(doc))
    const failed = () => out.push('failed')
    const ledger = new Ledger('s_1', '1:test', {
      journal: { append } as never,
      rooms,
      said: () => '',
      failed,
      now: () => 1,
    })
    const opened = { type: 'lane.opened', at: 1, laneId: MAIN_LANE, audience: 'everyone', by: 'ana' } as const
    const commit = ledger.commit({ events: [{ event: opened }] })
    fail(new Error('disk'))
    await expect(commit).rejects.toThrow('disk')
    await expect(ledger.settled()).rejects.toThrow('disk')
    await expect(ledger.show(MAIN_LANE, 'm', 'late')).rejects.toThrow('disk')
    expect(out).toEqual(['failed'])
  })

  it('[R4] whatever people do, docs equal the fold of the events, for the server and for a reader', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 80, maxLength: 200 }), async (steps) => {
        const play = new Play()
        await play.settle()
        for (const each of steps) {
          play.apply(each)
          await play.settle()
          const { state, bodies, docs } = play.ledger
          expect(play.withoutStream()).toEqual(laneContent(state, MAIN_LANE, bodies))
          expect(readContent(play.reader)).toEqual(readContent(docs.get(MAIN_LANE)?.doc ?? new Y.Doc()))
          // [R5] one writer for streamed text, one for all else.
          expect(
            [...(docs.get(MAIN_LANE)?.doc.store.clients.keys() ?? [])].every((id) => id === 1 || id === 2),
          ).toBe(true)
          const ranked = Object.values(state.prompts).sort((a, b) => a.rank - b.rank)
          expect(order(state, play.lane).map((each) => each.promptId)).toEqual(
            ranked.map((each) => each.promptId),
          )
        }
        expectReplay(play)
      }),
      { numRuns: 60 },
    )
  })
})

/** From what the journal holds alone, the same state and the same doc come back. */
function expectReplay(play: Play): void {
  const refolded = play.journal.events.reduce((state, { event, seq }) => fold(state, event, seq), EMPTY)
  expect(refolded).toEqual(play.ledger.state)
  const doc = play.ledger.docs.get(MAIN_LANE)
  if (!doc) throw new Error('no doc')
  const loaded = new LaneDoc(doc.name, play.journal.updatesOf(doc.name))
  expect(readContent(loaded.doc)).toEqual(readContent(doc.doc))
  expect(Y.encodeStateVector(loaded.doc)).toEqual(Y.encodeStateVector(doc.doc))
}
