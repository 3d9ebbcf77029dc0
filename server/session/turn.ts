import type { StepUsage } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { Clock, NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { ModelCall, ModelFault, ModelPart, ModelPort, StepFinish } from '../model/port.ts'
import { TextWindow } from './text-window.ts'

/** A turn tries a step at most this often, restarts of the server included. */
export const MAX_ATTEMPTS = 3
/** Wait before the second attempt, in ms; doubled before the third. */
const FIRST_WAIT_MS = 500
/** A provider that asks to wait longer than this is not waited for. */
const MAX_WAIT_MS = 10_000
/** Windows of text that may be on their way to the journal before the turn waits for it. */
const MAX_UNSETTLED = 16

/** What a turn needs of its session. */
export interface TurnHost {
  clock: Clock
  newId: NewId
  model: ModelPort
  /** Applies events, and resolves once they are durable. Rejects when the session was dropped. */
  commit(events: readonly NewEvent<SessionEvent>[]): Promise<void>
  /** Shows text that streams; resolves once it is durable. */
  show(turnId: string, text: string): Promise<void>
  /** Resolves once everything decided so far is durable. */
  settled(): Promise<void>
  /** Tells the operator why a step failed. */
  faulted(turnId: string, fault: ModelFault): void
  /** The call for the turn's next step, made from the state as it is now. */
  call(turnId: string): ModelCall
}

interface Finished {
  finish: StepFinish
  usage?: StepUsage
}

/** One turn that runs: it owns the model call, and gives the turn its end unless it was stopped. */
export class RunningTurn {
  readonly turnId: string
  readonly #host: TurnHost
  readonly #abort = new AbortController()
  readonly #said: string[] = []

  constructor(turnId: string, host: TurnHost) {
    this.turnId = turnId
    this.#host = host
  }

  /** What the current attempt has said, as shown. */
  get said(): string {
    return this.#said.join('')
  }

  /** Ends the model call; nothing of the turn is written after this returns. */
  stop(): void {
    this.#abort.abort()
  }

  /**
   * Runs from `step.started` of `attempt`, which the caller has committed, to the turn's end.
   * Rejects only when the session was dropped.
   */
  async run(step: number, attempt: number): Promise<void> {
    const { signal } = this.#abort
    const { turnId } = this
    for (let tries = attempt; ; tries++) {
      await this.#host.settled()
      if (signal.aborted) return
      const outcome = await this.#stream(signal)
      if (signal.aborted) return
      if (!('fault' in outcome)) return this.#commit(step, tries, outcome)
      const { fault } = outcome
      if (!fault.retryable || tries >= MAX_ATTEMPTS || (fault.retryAfter ?? 0) > MAX_WAIT_MS) {
        const reason = fault.code === 'ABORTED' ? 'INTERNAL' : fault.code
        const at = this.#host.clock.now()
        return this.#host.commit([{ event: { type: 'turn.ended', at, turnId, end: 'failed', reason } }])
      }
      await this.#wait(fault.retryAfter ?? FIRST_WAIT_MS * 2 ** (tries - attempt), signal)
      if (signal.aborted) return
      this.#said.length = 0
      const at = this.#host.clock.now()
      await this.#host.commit([{ event: { type: 'step.started', at, turnId, step, attempt: tries + 1 } }])
    }
  }

  #commit(step: number, attempt: number, { finish, usage }: Finished): Promise<void> {
    const { turnId } = this
    const at = this.#host.clock.now()
    const body = this.said
    const committed: SessionEvent = {
      ...{ type: 'step.committed', at, turnId, step, attempt },
      ...{ cell: this.#host.newId('c'), length: body.length, finish },
      ...(usage ? { usage } : {}),
    }
    return this.#host.commit([
      { event: committed, body },
      { event: { type: 'turn.ended', at, turnId, end: 'done' } },
    ])
  }

  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#host.clock.after(ms, resolve)
      signal.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })
  }

  async #stream(signal: AbortSignal): Promise<Finished | { fault: ModelFault }> {
    let unsettled = 0
    let dropped: unknown
    const window = new TextWindow(this.#host.clock, (text) => {
      if (signal.aborted) return
      this.#said.push(text)
      unsettled++
      this.#host.show(this.turnId, text).then(
        () => unsettled--,
        (error) => {
          dropped = error
          this.stop()
        },
      )
    })
    try {
      for await (const part of this.#parts(signal)) {
        if (signal.aborted) break
        if (part.type === 'text') window.push(part.text)
        else if (part.type === 'error') {
          this.#host.faulted(this.turnId, part.fault)
          return { fault: part.fault }
        } else if (part.type === 'finish') {
          window.flush()
          return part.usage ? { finish: part.finish, usage: part.usage } : { finish: part.finish }
        }
        if (unsettled > MAX_UNSETTLED) await this.#host.settled()
      }
    } finally {
      window.drop()
    }
    if (dropped !== undefined) throw dropped
    return { fault: { code: 'PROVIDER_CUT', retryable: true, detail: 'the model ended without a finish' } }
  }

  /** The model's parts; a model that throws, which its contract forbids, fails the turn and not the session. */
  async *#parts(signal: AbortSignal): AsyncIterable<ModelPart> {
    try {
      yield* this.#host.model.stream(this.#host.call(this.turnId), signal)
    } catch (cause) {
      yield { type: 'error', fault: { code: 'INTERNAL', retryable: false, detail: String(cause) } }
    }
  }
}
