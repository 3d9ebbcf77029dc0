import type { SessionEvent } from '@colloquy/shared/events'
import { next } from './arbiter.ts'
import type { Ledger } from './ledger.ts'
import { nextSegment } from './segments.ts'
import type { SessionDeps } from './session.ts'
import type { PendingPrompt, Turn } from './state.ts'
import { MAX_ATTEMPTS, RunningTurn, type TurnHost } from './turn.ts'
import { compileView } from './view.ts'

/** Runs the turns of a session: one at a time in each lane, in the arbiter's order. */
export class TurnRunner {
  readonly #ledger: Ledger
  readonly #deps: SessionDeps
  readonly #running = new Map<string, { turn: RunningTurn; done: Promise<void> }>()
  readonly #host: TurnHost
  #draining = false

  constructor(ledger: Ledger, deps: SessionDeps) {
    this.#ledger = ledger
    this.#deps = deps
    this.#host = this.#makeHost()
  }

  /** What the turn's current attempt has said. */
  said(turnId: string): string {
    return this.#running.get(turnId)?.turn.said ?? ''
  }

  /** Goes on with the turns that were running when the session was last in memory, then with the queues. */
  recover(): void {
    const at = this.#deps.clock.now()
    for (const turn of Object.values(this.#ledger.state.turns)) {
      const { turnId } = turn
      const event: SessionEvent =
        turn.attempt >= MAX_ATTEMPTS
          ? { type: 'turn.ended', at, turnId, end: 'failed', reason: 'TOO_MANY_ATTEMPTS' }
          : { type: 'step.started', at, turnId, step: turn.step || 1, attempt: turn.attempt + 1 }
      this.#commit([event])
      if (event.type === 'step.started') this.#run(turnId, event.step, event.attempt)
    }
    this.#afterEnd()
    this.schedule()
  }

  /** Starts what can start. Call it after every commit that may have made a prompt runnable. */
  schedule(): void {
    if (this.#draining || !this.#ledger.alive) return
    for (const laneId of Object.keys(this.#ledger.state.lanes)) {
      const lane = this.#ledger.state.lanes[laneId]
      const prompt = lane && next(this.#ledger.state, lane)
      if (prompt) this.#claim(prompt)
    }
  }

  /** Stops the model calls of turns that have had their end. */
  stopEnded(): void {
    for (const [turnId, { turn }] of this.#running) {
      if (this.#ledger.state.turns[turnId]) continue
      turn.stop()
      this.#running.delete(turnId)
      this.#afterEnd()
    }
  }

  stopAll(): void {
    this.#draining = true
    for (const { turn } of this.#running.values()) turn.stop()
    this.#running.clear()
  }

  async drain(): Promise<void> {
    this.#draining = true
    await Promise.allSettled([...this.#running.values()].map(({ done }) => done))
  }

  #claim(prompt: PendingPrompt): void {
    const { clock, newId, model } = this.#deps
    const lane = this.#ledger.state.lanes[prompt.laneId]
    if (!lane) return
    const at = clock.now()
    const turnId = newId('t')
    const { promptId, laneId, author, cell, length } = prompt
    const claimed: SessionEvent = {
      ...{ type: 'turn.claimed', at, turnId, promptId, laneId, author, acceptedAt: prompt.at, cell, length },
      ...{ seq: lane.seq + 1, questionId: newId('m'), answerId: newId('m') },
      model: prompt.model ?? model.defaultModel,
    }
    this.#commit([claimed, { type: 'step.started', at, turnId, step: 1, attempt: 1 }])
    this.#run(turnId, 1, 1)
  }

  #run(turnId: string, step: number, attempt: number): void {
    const turn = new RunningTurn(turnId, this.#host)
    const done = turn.run(step, attempt).then(
      () => this.#ended(turnId),
      (error) =>
        this.#deps.log.warn(
          { sessionId: this.#ledger.sessionId, turnId, err: error },
          'turn dropped with its session',
        ),
    )
    this.#running.set(turnId, { turn, done })
  }

  #ended(turnId: string): void {
    if (!this.#running.delete(turnId)) return
    this.#afterEnd()
    this.schedule()
  }

  /** When a turn has ended, its lane may have to start a new segment, and a snapshot may be due. */
  #afterEnd(): void {
    const at = this.#deps.clock.now()
    for (const lane of Object.values(this.#ledger.state.lanes)) {
      if (lane.running !== null) continue
      const doc = this.#ledger.docs.get(lane.laneId)
      const rolled = doc && nextSegment(lane, doc, this.#deps.limits, at)
      if (rolled) this.#commit([rolled])
    }
    this.#ledger
      .snapshot()
      .catch((error) => this.#deps.log.warn({ err: error }, 'snapshot failed; tried again later'))
  }

  #commit(events: readonly SessionEvent[]): void {
    // A failure reaches the ledger's owner by itself.
    this.#ledger.commit({ events: events.map((event) => ({ event })) }).catch(() => undefined)
  }

  #makeHost(): TurnHost {
    const ledger = this.#ledger
    const { clock, newId, model, log } = this.#deps
    const turnOf = (turnId: string): Turn => {
      const turn = ledger.state.turns[turnId]
      if (!turn) throw new Error(`turn ${turnId} has ended`)
      return turn
    }
    return {
      clock,
      newId,
      model,
      commit: (events) => ledger.commit({ events }),
      settled: () => ledger.settled(),
      show: (turnId, text) => {
        const { laneId, answerId } = turnOf(turnId)
        return ledger.show(laneId, answerId, text)
      },
      call: (turnId) => {
        const turn = turnOf(turnId)
        return {
          model: turn.model,
          ...compileView(ledger.state, turn, ledger.bodies, this.#deps.teamText()),
          tools: [],
        }
      },
      faulted: (turnId, fault) => log.warn({ sessionId: ledger.sessionId, turnId, fault }, 'step failed'),
    }
  }
}
