import type { Approver, Audience, Readers, ToolEffect, ToolReplay } from '@colloquy/shared'
import type { z } from 'zod'

/**
 * Something that a model may ask for. The turn loop decides whether a call runs, journals what happens to it
 * and bounds its time and the size of its result; a tool only does its work.
 */
export interface Tool<Args = unknown> {
  /** Such as `web.fetch`: letters, digits, `.`, `_` and `-`; at most 64 characters. */
  readonly name: string
  /** For the model: what it does, and when to use it. */
  readonly description: string
  readonly input: z.ZodType<Args>
  /** What it returns, when it promises that; anything else ends the call as `RESULT_INVALID`. */
  readonly output?: z.ZodType
  readonly effect: ToolEffect
  readonly replay: ToolReplay
  /** Whose consent each call needs. */
  readonly approver?: Approver
  /** How long a call may take, in ms; 60,000 without it. */
  readonly timeout?: number
  /**
   * What a call may consult, before it runs: who may see that it happened and what came back. From the arguments, who
   * asks and what the asker may read; never from what a call found, and the same for what the asker may not read as
   * for what does not exist.
   */
  audience(args: Args, asker: Asker): Audience | Readers
  /**
   * Does it. Must stop when `signal` aborts.
   * @returns JSON
   * @throws ToolError with a sentence for people and models; anything else counts as `TOOL_FAILED` too.
   */
  run(args: Args, call: CallContext): Promise<unknown>
  /**
   * Finds out what became of a call that was sent and not answered.
   * @returns its result when it has happened, null when it has not. @throws when it cannot tell
   */
  probe?(args: Args, call: CallContext): Promise<{ result: unknown } | null>
}

/** Who wants a call, and who will see what comes of it. */
export interface Asker {
  /** The author of the turn: a call has their rights, never another's. */
  readonly principal: { readonly userId: string; readonly name: string }
  /** Those of the lane in which the turn runs. */
  readonly readers: Readers
  /** The session of the turn, of which its author is a member. */
  readonly sessionId: string
}

/** On whose behalf a call runs, and what makes it one. */
export interface CallContext extends Asker {
  /** The same on every attempt of this call, and of no other: an idempotency key. */
  readonly key: string
  readonly signal: AbortSignal
}

/** A call that did not work, in a sentence that people and models may read. */
export class ToolError extends Error {
  override name = 'ToolError'
  /** True when the call may have happened all the same: the answer was lost, not refused. */
  readonly uncertain: boolean
  /** Set when the call was carried out and only its answer cannot be used. */
  readonly unusable: Unusable | undefined
  constructor(message: string, { uncertain = false, unusable, cause }: ToolErrorOptions = {}) {
    super(message, cause === undefined ? undefined : { cause })
    this.uncertain = uncertain
    this.unusable = unusable
  }
}

export type Unusable = 'RESULT_INVALID' | 'RESULT_TOO_LARGE'

interface ToolErrorOptions {
  uncertain?: boolean
  unusable?: Unusable
  cause?: unknown
}
