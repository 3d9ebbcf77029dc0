import { may } from '@colloquy/shared'
import type { SessionEvent, StepView, TurnReason } from '@colloquy/shared/events'
import type { NewEvent } from '../journal/journal.ts'
import type { ModelFault } from '../model/port.ts'
import { CallRunner } from './call-runner.ts'
import { isUndecided, openCall } from './fold-calls.ts'
import { intents, type Wish } from './intents.ts'
import { readsLane } from './lane-access.ts'
import { carriedCalls, narrowing } from './narrowing.ts'
import { expiration } from './parked.ts'
import { retryWait } from './retry.ts'
import type { Call, Turn } from './state.ts'
import { runStep, type StepOutcome } from './step.ts'
import { endTurn } from './turn-end.ts'
import type { Facts, TurnHost } from './turn-host.ts'

/** Steps of a turn; one that wants more has lost its way. */
const MAX_STEPS = 24
/** Calls after which a turn gets no more: each keeps its arguments and its result in memory. */
const CALLS_OF_TURN = 128
/** A turn that waits longer than this leaves its lane to others, in ms. */
const PATIENCE_MS = 10_000

type Finished = Exclude<StepOutcome, { fault: ModelFault }>

/**
 * One turn while it has its lane. It looks at what is committed, does the next thing, commits that, and looks
 * again, until the turn has ended, is parked or was stopped: going on after a restart is nothing special.
 */
export class RunningTurn {
  readonly turnId: string
  readonly laneId: string
  readonly #host: TurnHost
  readonly #calls: CallRunner
  readonly #abort = new AbortController()
  readonly #said: string[] = []
  /** Set when it shall do no more: it has left its lane, or the server is stopping. */
  #leaves = false
  #wake: () => void = () => undefined
  /** Until when it waits for consent to a call in its lane. */
  #patience: { callId: string; until: number } | undefined

  constructor(turnId: string, laneId: string, host: TurnHost) {
    this.turnId = turnId
    this.laneId = laneId
    this.#host = host
    this.#calls = new CallRunner(turnId, host, this.#abort.signal, (ms) => this.#rest(ms))
  }

  /** What the current attempt has said, as shown. */
  get said(): string {
    return this.#said.join('')
  }

  /** Ends the model call or the tool call; nothing of the turn is written after this returns. */
  stop(): void {
    this.#abort.abort()
    this.#wake()
  }

  /** Lets it finish the step or the call that is under way, and no more. */
  checkpoint(): void {
    this.#leaves = true
    this.#wake()
  }

  /** Something has been decided that it may be waiting for. */
  nudge(): void {
    this.#wake()
  }

  /** Resolves when there is no more to do here. Rejects only when the session was dropped. */
  async run(): Promise<void> {
    while (!this.#abort.signal.aborted && !this.#leaves) {
      await this.#host.settled()
      const facts = this.#host.facts(this.turnId)
      if (!facts || this.#abort.signal.aborted || this.#leaves) return
      await this.#next(facts)
    }
  }

  #next(facts: Facts): Promise<void> {
    const { turn, entry } = facts
    if (!this.#mayGoOn(facts)) return this.#revoked(facts)
    if (turn.state === 'streaming') return this.#attempt(facts)
    if (turn.state === 'waiting') return this.#retry(turn)
    const call = openCall(entry)
    if (!call) return this.#start(turn.step + 1, 1)
    return isUndecided(call) ? this.#ask(call) : this.#calls.settle(call)
  }

  /** Its author still has the role for it, and still reads the lane. */
  #mayGoOn({ state, turn: { author }, lane }: Facts): boolean {
    const role = state.members[author.id]?.role
    return may(role, 'prompt.submit') && readsLane(state, lane, author.id, this.#host.rights)
  }

  #start(step: number, attempt: number): Promise<void> {
    const at = this.#host.clock.now()
    return this.#commit([{ event: { type: 'step.started', at, turnId: this.turnId, step, attempt } }])
  }

  async #attempt(facts: Facts): Promise<void> {
    const { turnId } = this
    const { continues, step } = facts.turn
    // What the model asked for in the wider lane: it is not asked again.
    if (continues && step === 1) {
      const wishes = carriedCalls(this.#host.body(continues.cell))
      return this.#finished(facts, { finish: 'tool-calls', wishes })
    }
    const { clock, model } = this.#host
    const show = (text: string) => this.#host.show(turnId, text)
    const host = { clock, model, show, settled: () => this.#host.settled() }
    const { signal } = this.#abort
    const { call, view } = this.#host.call(turnId)
    const outcome = await runStep(call, host, this.#said, signal)
    if (signal.aborted) return
    if ('fault' in outcome) return this.#failed(facts, outcome.fault)
    return this.#finished(facts, outcome, view)
  }

  /** The reply is journaled before anything of it is done: one write, with what it wants done. */
  #finished({ turn, entry }: Facts, { finish, usage, wishes }: Finished, view?: StepView): Promise<void> {
    const { turnId } = this
    const { clock, newId } = this.#host
    const [at, body] = [clock.now(), this.said]
    const { step, attempt } = turn
    this.#said.length = 0
    const committed: SessionEvent = {
      ...{ type: 'step.committed', at, turnId, step, attempt },
      ...{ cell: newId('c'), length: body.length, finish },
      ...(usage ? { usage } : {}),
      ...(view ? { view } : {}),
    }
    const events: NewEvent<SessionEvent>[] = [{ event: committed, body }]
    // A reply that was cut off may have its last call cut off as well.
    const calls = finish === 'stop' || finish === 'tool-calls' ? wishes : []
    const before = entry.calls.length
    if (calls.length === 0) events.push({ event: { type: 'turn.ended', at, turnId, end: 'done' } })
    else if (step >= MAX_STEPS || before >= CALLS_OF_TURN) {
      events.push({ event: { type: 'turn.ended', at, turnId, end: 'failed', reason: 'TOO_MANY_STEPS' } })
    } else {
      events.push(...this.#callsOf(calls, step, at))
    }
    // Carried over, the calls stand here now, where taking them back reaches them.
    return this.#host.commit(events, turn.continues && step === 1 ? [turn.continues.cell] : [])
  }

  /** What becomes of a step's calls, as things are now: people may have come or gone while the model spoke. */
  #callsOf(calls: readonly Wish[], step: number, now: number): NewEvent<SessionEvent>[] {
    const { turnId } = this
    const facts = this.#host.facts(turnId)
    if (!facts) return []
    const { state, lane, turn } = facts
    const { newId, fingerprint, toolbox, rights, limits } = this.#host
    const place = { state, lane, author: turn.author, rights, toolbox, newId, fingerprint, now }
    return narrowing(calls, { ...place, turn, limits }) ?? intents(calls, { ...place, turnId, step })
  }

  #failed({ turn }: Facts, fault: ModelFault): Promise<void> {
    const { turnId } = this
    const { clock, random } = this.#host
    this.#said.length = 0
    this.#host.faulted(turnId, fault)
    const at = clock.now()
    const reason = fault.code === 'ABORTED' ? 'INTERNAL' : fault.code
    const wait = retryWait(fault, turn.attempt, random())
    if (wait === null)
      return this.#commit([{ event: { type: 'turn.ended', at, turnId, end: 'failed', reason } }])
    const { step, attempt } = turn
    const retryAt = at + wait
    const failed: SessionEvent = { type: 'step.failed', at, turnId, step, attempt, reason, retryAt }
    return wait > PATIENCE_MS
      ? this.#park(reason, retryAt, [{ event: failed }])
      : this.#commit([{ event: failed }])
  }

  async #retry({ step, attempt, retryAt = 0 }: Turn): Promise<void> {
    const wait = retryAt - this.#host.clock.now()
    if (wait > 0) return this.#pause(wait)
    return this.#start(step, attempt + 1)
  }

  /** Waits for consent: for a while in its lane, and then outside of it. */
  async #ask(call: Call): Promise<void> {
    const { clock, newId } = this.#host
    const now = clock.now()
    const { callId, expiresAt = 0 } = call
    if (expiresAt <= now) return this.#commit(expiration(this.turnId, call, now, newId))
    if (this.#patience?.callId !== callId) this.#patience = { callId, until: now + PATIENCE_MS }
    const wait = this.#patience.until - now
    if (wait <= 0) return this.#park('APPROVAL', expiresAt)
    return this.#pause(Math.min(wait, expiresAt - now))
  }

  /** Gives the lane up. From here on the turn is not this one's: it may be resumed before this is durable. */
  #park(reason: TurnReason, until: number, first: NewEvent<SessionEvent>[] = []): Promise<void> {
    this.#leaves = true
    const at = this.#host.clock.now()
    return this.#commit([
      ...first,
      { event: { type: 'turn.parked', at, turnId: this.turnId, reason, until } },
    ])
  }

  #revoked({ state, turn }: Facts): Promise<void> {
    const { clock, newId } = this.#host
    const ending = { end: 'revoked', reason: 'REVOKED' } as const
    const { events, erase } = endTurn(state, turn, ending, clock.now(), newId)
    return this.#host.commit(events, erase)
  }

  #commit(events: readonly NewEvent<SessionEvent>[]): Promise<void> {
    return this.#host.commit(events)
  }

  /** Resolves after `ms`, whatever is decided meanwhile; earlier only when it shall do no more. */
  async #rest(ms: number): Promise<void> {
    let over = false
    const cancel = this.#host.clock.after(ms, () => {
      over = true
      this.#wake()
    })
    while (!over && !this.#abort.signal.aborted && !this.#leaves) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
    cancel()
  }

  /** Resolves after `ms`, or earlier when there is news. */
  #pause(ms: number): Promise<void> {
    if (this.#abort.signal.aborted || this.#leaves) return Promise.resolve()
    return new Promise((resolve) => {
      const cancel = this.#host.clock.after(ms, () => resolve())
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
  }
}
