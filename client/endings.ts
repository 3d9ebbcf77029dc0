import type { Api } from './api.ts'
import type { Clock } from './clock.ts'
import { ColloquyError } from './errors.ts'
import type { Finished, Message, PromptEnd } from './types.ts'
import { toMessage } from './view/history.ts'
import type { Lane } from './view/lane.ts'

/** A prompt that the doc never showed is asked for after this long. */
const UNSEEN_MS = 1_000
/** As is one whose state the server could not tell just now. */
const RETRY_MS = 5_000

interface Watch {
  promptId: string
  laneId: string
  /** The lane has shown it: when it is gone from there it has ended. */
  seen: boolean
  asking: boolean
  /** Revision of the lane when the server last said that it has not ended. */
  askedAt: number
  stopTimer(): void
  resolve(finished: Finished): void
  reject(error: unknown): void
}

/**
 * Finds out how prompts ended: from the lane doc, and from the server where the doc no longer tells
 * (withdrawn; or the answer left the segment while this client was away).
 */
export class Endings {
  readonly #api: Api
  readonly #clock: Clock
  /** The shown lane while it is in sync, else null. */
  readonly #lane: () => Lane | null
  readonly #watches = new Set<Watch>()

  constructor(api: Api, clock: Clock, lane: () => Lane | null) {
    this.#api = api
    this.#clock = clock
    this.#lane = lane
  }

  watch(promptId: string, laneId: string): Promise<Finished> {
    const finished = new Promise<Finished>((resolve, reject) => {
      const stopTimer = () => {}
      const watch = { promptId, laneId, seen: false, asking: false, askedAt: -1, stopTimer, resolve, reject }
      this.#watches.add(watch)
      // The acknowledgement may overtake the doc's update.
      this.#checkLater(watch, UNSEEN_MS)
      this.#check(watch)
    })
    // Nobody need listen.
    finished.catch(() => {})
    return finished
  }

  /** To be called when the lane has changed. */
  check(): void {
    for (const watch of this.#watches) this.#check(watch)
  }

  /** In sync with the server again, perhaps in another doc: what was asked before counts no more. */
  recheck(): void {
    for (const watch of this.#watches) watch.askedAt = -1
    this.check()
  }

  /** Whatever has not ended will not be known here. */
  close(error: ColloquyError): void {
    for (const watch of this.#watches) this.#fail(watch, error)
  }

  #checkLater(watch: Watch, ms: number): void {
    watch.stopTimer()
    watch.stopTimer = this.#clock.after(ms, () => {
      watch.seen = true
      watch.askedAt = -1
      this.#check(watch)
    })
  }

  #check(watch: Watch): void {
    const lane = this.#lane()
    if (!lane) return
    const answer = lane.answer(watch.promptId)
    const end = answer && endOf(answer)
    if (end) this.#finish(watch, { end, message: answer })
    else if (answer || lane.pending(watch.promptId)) watch.seen = true
    else if (watch.seen && !watch.asking && watch.askedAt !== lane.revision) void this.#ask(watch, lane)
  }

  async #ask(watch: Watch, lane: Lane): Promise<void> {
    watch.asking = true
    watch.askedAt = lane.revision
    try {
      const { state, end } = await this.#api.prompt(watch.promptId)
      if (state !== 'ended' || !end) return
      const message = end === 'withdrawn' ? undefined : await this.#find(watch, lane)
      this.#finish(watch, message ? { end, message } : { end })
    } catch (error) {
      if (error instanceof ColloquyError && error.status === 404) this.#fail(watch, error)
      else if (this.#watches.has(watch)) this.#checkLater(watch, RETRY_MS)
    } finally {
      watch.asking = false
    }
  }

  /** The answer where the doc has none: in the page before its segment, or newer than what has arrived here. */
  async #find(watch: Watch, lane: Lane): Promise<Message | undefined> {
    for (const before of [lane.firstSeq, undefined]) {
      if (before !== undefined && before <= 1) continue
      const { messages } = await this.#api.messages(watch.laneId, before)
      const found = messages.findLast(
        (each) => each.role === 'assistant' && each.metadata.promptId === watch.promptId,
      )
      if (found) return toMessage(found)
    }
    return undefined
  }

  #finish(watch: Watch, finished: Finished): void {
    watch.stopTimer()
    if (this.#watches.delete(watch)) watch.resolve(finished)
  }

  #fail(watch: Watch, error: unknown): void {
    watch.stopTimer()
    if (this.#watches.delete(watch)) watch.reject(error)
  }
}

/** How a turn ended that has this answer; null while it goes on. */
function endOf({ metadata: { status } }: Message): PromptEnd | null {
  return status === 'streaming' || status === 'superseded' ? null : status
}
