import { MAIN_LANE } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import { idsOf } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import { OFFLINE } from '../model/offline.ts'
import { next } from './arbiter.ts'
import { lapsed } from './decide-members.ts'
import { Housekeeper } from './housekeeper.ts'
import { readsLane } from './lane-access.ts'
import type { Ledger } from './ledger.ts'
import { answerOf, expirations, nextAlarm } from './parked.ts'
import { MAX_ATTEMPTS } from './retry.ts'
import { nextSegment } from './segments.ts'
import type { SessionDeps } from './session.ts'
import type { Continued, PendingPrompt, State, Turn } from './state.ts'
import { after } from './state-changes.ts'
import { RunningTurn } from './turn.ts'
import { endTurn, type TurnEnding } from './turn-end.ts'
import type { Facts, TurnHost } from './turn-host.ts'
import { compileView } from './view/compile.ts'
import { stepViewOf } from './view/manifest.ts'

/** Runs the turns of a session: one at a time in each lane, in the arbiter's order. */
export class TurnRunner {
  readonly #ledger: Ledger
  readonly #deps: SessionDeps
  readonly #running = new Map<string, { turn: RunningTurn; done: Promise<void> }>()
  readonly #host: TurnHost
  readonly #housekeeper: Housekeeper
  #draining = false
  /** How often something ended because its author had left a group. */
  #lapses = 0
  #stopAlarm: () => void = () => undefined

  constructor(ledger: Ledger, deps: SessionDeps) {
    this.#ledger = ledger
    this.#deps = deps
    this.#host = this.#makeHost()
    const { model, clock, newId } = deps
    this.#housekeeper = new Housekeeper({
      state: () => ledger.state,
      bodies: ledger.bodies,
      commit: (batch) => ledger.commit(batch),
      model: model.defaultModel === OFFLINE ? null : model,
      ...{ clock, newId },
    })
  }

  /** What the turn's current attempt has said. */
  said(turnId: string): string {
    return this.#running.get(turnId)?.turn.said ?? ''
  }

  /** Goes on with the turns that were running when the session was last in memory, then with the queues. */
  recover(): void {
    // Who left a group while the session was in no memory.
    for (const { author } of Object.values(this.#ledger.state.turns)) this.lapse(author.id)
    for (const turn of Object.values(this.#ledger.state.turns)) {
      if (turn.parked) continue
      if (this.#interrupted(turn)) this.#run(turn.turnId)
    }
    // No segment begins because of this: when the session is loaded hangs on all lanes.
    for (const laneId of Object.keys(this.#ledger.state.lanes)) this.#keepHouse(laneId)
    this.schedule()
  }

  /**
   * Starts what can start, and what waited for a time that has come. Call it after every commit that may have
   * made something runnable.
   */
  schedule(): void {
    if (this.#draining || !this.#ledger.alive) return
    const now = this.#deps.clock.now()
    this.#commit(expirations(this.#ledger.state, now, this.#deps.newId))
    let lapses = 0
    do {
      // Where somebody has left a group, lanes that were looked at before may be free now.
      lapses = this.#lapses
      for (const laneId of Object.keys(this.#ledger.state.lanes)) this.#startNext(laneId, now)
    } while (lapses !== this.#lapses)
    this.#setAlarm(now)
  }

  #startNext(laneId: string, now: number): void {
    const { rights } = this.#deps
    while (this.#ledger.alive) {
      const { state } = this.#ledger
      const lane = state.lanes[laneId]
      const chosen = lane && next(state, lane, now)
      if (!chosen) return
      if ('prompt' in chosen && !readsLane(state, lane, chosen.prompt.author.id, rights)) {
        // They left the group that they were here by, perhaps while the session was in no memory.
        this.lapse(chosen.prompt.author.id)
        continue
      }
      if ('turn' in chosen) this.#resume(chosen.turn)
      else this.#claim(chosen.prompt)
      return
    }
  }

  /** Ends what a person has in lanes that they no longer read. */
  lapse(userId: string): void {
    const { clock, newId, rights } = this.#deps
    const said = (turnId: string) => this.said(turnId)
    const { events, erase } = lapsed(this.#ledger.state, userId, { now: clock.now(), newId, rights, said })
    if (events.length === 0) return
    this.#lapses++
    const lanes = this.lanesOfEnds(events)
    this.#commit(events, erase)
    this.decided(lanes)
  }

  /**
   * The lanes of the turns that these events, not yet committed, end. Also of parked ones: a segment that waits for one
   * begins when it ends, and not when the session is next loaded, which may hang on what other lanes do.
   */
  lanesOfEnds(events: readonly NewEvent<SessionEvent>[]): Set<string> {
    const { turns } = this.#ledger.state
    return new Set(
      events.flatMap(({ event }) => {
        const turn = event.type === 'turn.ended' ? turns[event.turnId] : undefined
        return turn ? [turn.laneId] : []
      }),
    )
  }

  /** Stops the turns that have had their end in these lanes, and lets the others look at what was decided. */
  decided(lanes: ReadonlySet<string>): void {
    for (const [turnId, { turn }] of this.#running) {
      if (this.#ledger.state.turns[turnId]) {
        turn.nudge()
        continue
      }
      turn.stop()
      this.#running.delete(turnId)
    }
    for (const laneId of lanes) this.#afterEnd(laneId)
  }

  /** Something was shared into a lane or taken back: a segment may be full, or something be summed up again. */
  entriesChanged(laneId: string): void {
    this.#afterEnd(laneId)
  }

  stopAll(): void {
    this.#draining = true
    this.#stopAlarm()
    this.#housekeeper.stopAll()
    for (const { turn } of this.#running.values()) turn.stop()
    this.#running.clear()
  }

  /** Starts nothing new; resolves when what runs has come to the end of its step or call. */
  async drain(): Promise<void> {
    this.#draining = true
    for (const { turn } of this.#running.values()) turn.checkpoint()
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
  }

  /** A step that was cut by the end of a process is tried again. @returns false when that was its last try */
  #interrupted(turn: Turn): boolean {
    if (turn.state !== 'streaming') return true
    const { turnId, step, attempt } = turn
    if (attempt < MAX_ATTEMPTS) {
      const at = this.#deps.clock.now()
      this.#commit([{ event: { type: 'step.started', at, turnId, step, attempt: attempt + 1 } }])
      return true
    }
    this.#end(turn, { end: 'failed', reason: 'TOO_MANY_ATTEMPTS' })
    return false
  }

  #end(turn: Turn, ending: TurnEnding): void {
    const { clock, newId } = this.#deps
    const { events, erase } = endTurn(this.#ledger.state, turn, ending, clock.now(), newId)
    this.#commit(events, erase)
  }

  #setAlarm(now: number): void {
    this.#stopAlarm()
    const at = nextAlarm(this.#ledger.state, now)
    if (at !== undefined) this.#stopAlarm = this.#deps.clock.after(at - now, () => this.schedule())
  }

  #resume({ turnId }: Turn): void {
    this.#commit([{ event: { type: 'turn.resumed', at: this.#deps.clock.now(), turnId } }])
    this.#run(turnId)
  }

  #claim(prompt: PendingPrompt): void {
    const { clock, model } = this.#deps
    const { state } = this.#ledger
    const lane = state.lanes[prompt.laneId]
    if (!lane) return
    const at = clock.now()
    const { promptId, laneId, author, cell, length, continues, again } = prompt
    const newId = idsOf(this.#deps.newId, promptId)
    const turnId = newId('t')
    const claimed: SessionEvent = {
      ...{ type: 'turn.claimed', at, turnId, promptId, laneId, author, acceptedAt: prompt.at, cell, length },
      ...{ seq: lane.seq + 1, ...after(state, laneId), questionId: newId('m'), answerId: newId('m') },
      ...(continues ? { continues: placeOf(continues) } : {}),
      ...(again === undefined ? {} : { again }),
      model: prompt.model ?? model.defaultModel,
    }
    const started: SessionEvent = { type: 'step.started', at, turnId, step: 1, attempt: 1 }
    this.#commit([{ event: claimed }, { event: started }])
    this.#run(turnId)
  }

  #run(turnId: string): void {
    const { laneId = MAIN_LANE } = this.#ledger.state.turns[turnId] ?? {}
    const turn = new RunningTurn(turnId, laneId, this.#hostOf(laneId))
    const done = turn.run().then(
      () => this.#left(turn),
      (error) => this.#broke(turn, error),
    )
    this.#running.set(turnId, { turn, done })
  }

  /** With its session, whose store failed; or by a fault of our own, which ends the turn and frees the lane. */
  #broke(turn: RunningTurn, error: unknown): void {
    const { turnId } = turn
    const { sessionId, alive, state } = this.#ledger
    this.#deps.log.warn({ sessionId, turnId, failure: failureOf(error), alive }, 'turn broke off')
    const now = state.turns[turnId]
    if (!alive || !now || this.#running.get(turnId)?.turn !== turn) return
    this.#end(now, { end: 'failed', reason: 'INTERNAL' })
    this.#left(turn)
  }

  /** It has ended or is parked; parked, it may already have been resumed by another. */
  #left(turn: RunningTurn): void {
    if (this.#running.get(turn.turnId)?.turn !== turn) return
    this.#running.delete(turn.turnId)
    this.#afterEnd(turn.laneId)
    this.schedule()
  }

  /** When a turn has ended, its lane, and no other, may have to start a new segment, and a snapshot may be due. */
  #afterEnd(laneId: string): void {
    const lane = this.#ledger.state.lanes[laneId]
    const doc = this.#ledger.docs.get(laneId)
    const idle = lane && doc && lane.running === null
    const rolled = idle && nextSegment(lane, doc, this.#deps.limits, this.#deps.clock.now())
    if (rolled) this.#commit([{ event: rolled }])
    this.#keepHouse(laneId)
  }

  #keepHouse(laneId: string): void {
    this.#housekeeper.consider(laneId)
    this.#ledger
      .snapshot()
      .catch((error) => this.#deps.log.warn({ err: error }, 'snapshot failed; tried again later'))
  }

  #commit(events: readonly NewEvent<SessionEvent>[], erase?: readonly string[]): void {
    if (events.length === 0) return
    // A failure reaches the ledger's owner by itself.
    this.#ledger.commit({ events, erase }).catch(() => undefined)
  }

  /** What happens in one lane draws nothing from the sources of another. */
  #hostOf(laneId: string): TurnHost {
    const { newId, random } = this.#deps
    return {
      ...this.#host,
      newId: (prefix, scope = laneId) => newId(prefix, scope),
      random: () => random(laneId),
    }
  }

  #makeHost(): TurnHost {
    const ledger = this.#ledger
    const { clock, newId, fingerprint, model, toolbox, rights, limits, log } = this.#deps
    const random = () => this.#deps.random(MAIN_LANE)
    const { sessionId } = ledger
    const facts = (turnId: string) => factsOf(ledger.state, turnId)
    return {
      ...{ clock, newId, fingerprint, random, model, toolbox, rights, limits, facts },
      body: (cell) => ledger.bodies.get(cell) ?? '',
      commit: (events, erase) => ledger.commit({ events, erase }),
      settled: () => ledger.settled(),
      show: (turnId, text) => {
        const { turn } = known(facts(turnId), turnId)
        return ledger.show(turn.laneId, turn.answerId, text)
      },
      call: (turnId) => {
        const { state, turn } = known(facts(turnId), turnId)
        const options = { teamText: this.#deps.teamText() }
        const { system, messages, manifest } = compileView(state, turn, ledger.bodies, options)
        const { withoutTools } = state
        const tools = toolbox.definitions().filter(({ name }) => !withoutTools.includes(name))
        return { call: { model: turn.model, system, messages, tools }, view: stepViewOf(manifest) }
      },
      faulted: (turnId, fault) => log.warn({ sessionId, turnId, fault }, 'step failed'),
      toolFailed: (turnId, tool, error) =>
        log.warn({ sessionId, turnId, tool, failure: failureOf(error) }, 'tool failed'),
    }
  }
}

/** What kind of failure it was, and where: what a tool says in words may be somebody's text. */
function failureOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error
  const [, where = ''] = /\n\s+(at [^\n]*)/.exec(error.stack ?? '') ?? []
  return `${error.name} ${where}`.trim()
}

function factsOf(state: State, turnId: string): Facts | null {
  const turn = state.turns[turnId]
  const lane = turn && state.lanes[turn.laneId]
  const entry = turn && answerOf(state, turn)
  return lane && entry ? { state, turn, lane, entry } : null
}

function placeOf({ turnId, questionId, answerId }: Continued) {
  return { turnId, questionId, answerId }
}

function known(facts: Facts | null, turnId: string): Facts {
  if (!facts) throw new Error(`turn ${turnId} has ended`)
  return facts
}
