import type { Clock } from '../clock.ts'
import { fault, faultOf } from './faults.ts'
import type { ModelFault } from './port.ts'

/** How long a provider may be silent, in ms. */
export interface StepTimeouts {
  /** Until the first token, counted from its last sign of life, and while the model thinks. */
  firstToken: number
  /** Between any two parts after it. */
  betweenTokens: number
  /** For the whole step, however much it says. */
  step: number
}

/** A local model loads its weights first, and not every provider lets hear that its model thinks. */
export const STEP_TIMEOUTS: StepTimeouts = { firstToken: 300_000, betweenTokens: 30_000, step: 1_200_000 }

export type Outcome<T> = { value: T } | { fault: ModelFault }

/**
 * Bounds every wait of one step: by the caller's abort, by the provider's silence and by the length of the
 * step. It answers at once even when what it waits for never settles. Only waiting counts as silence: a
 * caller that takes its time with a part does not make the provider late.
 */
export class Interrupt {
  readonly #clock: Clock
  readonly #timeouts: StepTimeouts
  readonly #signal: AbortSignal
  readonly #stopStepTimer: () => void
  #silence: number
  /** How much of the silence had passed before the present wait, and by the end of the last one. */
  #waited = 0
  #lastWait = 0
  #fault: ModelFault | undefined
  #wake: ((fault: ModelFault) => void) | undefined

  constructor(clock: Clock, timeouts: StepTimeouts, signal: AbortSignal) {
    this.#clock = clock
    this.#timeouts = timeouts
    this.#signal = signal
    this.#silence = timeouts.firstToken
    this.#stopStepTimer = clock.after(timeouts.step, () =>
      this.#interrupt(timedOut(`step ${timeouts.step} ms`)),
    )
    if (signal.aborted) this.#onAbort()
    else signal.addEventListener('abort', this.#onAbort, { once: true })
  }

  /** The provider has said its first token: from here on the shorter silence holds. */
  sawToken(): void {
    this.#silence = this.#timeouts.betweenTokens
  }

  /** The model thinks: it may be silent as long as before its first token. */
  thinks(): void {
    this.#silence = this.#timeouts.firstToken
  }

  /**
   * What came was only a sign of life. In the middle of an answer that ends no silence: a provider that pings and says
   * nothing has stalled.
   */
  pinged(): void {
    if (this.#silence === this.#timeouts.betweenTokens) this.#waited = this.#lastWait
  }

  /** What `work` resolves to, or why it is not waited for any longer. Never rejects. */
  guard<T>(work: PromiseLike<T>): Promise<Outcome<T>> {
    return new Promise((resolve) => {
      const silence = this.#silence
      const [from, waited] = [this.#clock.now(), this.#waited]
      this.#waited = 0
      const stopTimer = this.#clock.after(Math.max(0, silence - waited), () =>
        this.#interrupt(timedOut(`silent for ${silence} ms`)),
      )
      const settle = (outcome: Outcome<T>) => {
        stopTimer()
        this.#lastWait = waited + this.#clock.now() - from
        this.#wake = undefined
        resolve(outcome)
      }
      this.#wake = (reason) => settle({ fault: reason })
      work.then(
        (value) => settle(this.#fault ? { fault: this.#fault } : { value }),
        (error) => settle({ fault: this.faultOf(error) }),
      )
      if (this.#fault) settle({ fault: this.#fault })
    })
  }

  /** Why the step must not go on, if it must not. */
  get reason(): ModelFault | undefined {
    return this.#fault
  }

  /** What an error of the provider means, unless the step was already interrupted. */
  faultOf(error: unknown): ModelFault {
    return this.#fault ?? faultOf(error, this.#clock.now())
  }

  /** Lets go of the timer and the signal. */
  end(): void {
    this.#stopStepTimer()
    this.#signal.removeEventListener('abort', this.#onAbort)
  }

  readonly #onAbort = () => this.#interrupt(fault('ABORTED', 'the caller aborted'))

  #interrupt(reason: ModelFault): void {
    this.#fault ??= reason
    this.#wake?.(this.#fault)
  }
}

function timedOut(detail: string): ModelFault {
  return fault('PROVIDER_TIMEOUT', detail)
}
