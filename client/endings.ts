import type { Api } from './api.ts'
import type { Clock } from './clock.ts'
import { ColloquyError } from './errors.ts'
import type { Lanes } from './sync/lanes.ts'
import type { Finished, Message, PromptEnd } from './types/index.ts'
import { toMessage } from './view/history.ts'
import { answers, type Lane } from './view/lane.ts'

/** A prompt that no doc ever showed is asked for after this long. */
const UNSEEN_MS = 1_000
/** As is one whose state the server could not tell just now, or that is in a lane which is not here yet. */
const RETRY_MS = 5_000

interface Watch {
  promptId: string
  /** Where the prompt was when the server last told. */
  laneId: string
  /** A lane has shown it: when it is gone from there it has ended, or goes on elsewhere. */
  seen: boolean
  asking: boolean
  /** Revision of the lane when the server last said that it has not ended. */
  askedAt: number
  stopTimer(): void
  resolve(finished: Finished): void
  reject(error: unknown): void
}

/**
 * Finds out how prompts ended: from the lanes' docs, and from the server where those no longer tell (withdrawn; gone
 * on in a lane that is not here; or the answer left the segment while this client was away).
 */
export class Endings {
  readonly #api: Api
  readonly #clock: Clock
  readonly #lanes: Pick<Lanes, 'get' | 'inSync' | 'refresh'>
  readonly #watches = new Set<Watch>()

  constructor(api: Api, clock: Clock, lanes: Pick<Lanes, 'get' | 'inSync' | 'refresh'>) {
    this.#api = api
    this.#clock = clock
    this.#lanes = lanes
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

  /** To be called when a lane has changed. */
  check(): void {
    for (const watch of this.#watches) this.#check(watch)
  }

  /** Lanes are in sync with the server again, perhaps in other docs, or gone: what was asked before counts no more. */
  recheck(): void {
    for (const watch of this.#watches) {
      watch.askedAt = -1
      this.#check(watch, !this.#lanes.get(watch.laneId))
    }
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
      this.#check(watch, true)
    })
  }

  /** `due`: the server is asked also while the prompt's lane is not here. */
  #check(watch: Watch, due = false): void {
    const lanes = this.#lanes.inSync()
    const found = lanes.flatMap((lane) => lane.answer(watch.promptId) ?? [])
    // One that ended as `narrowed` goes on elsewhere.
    const last = found.find(({ metadata }) => metadata.status !== 'narrowed')
    const end = last && endOf(last)
    if (end) this.#finish(watch, { end, message: last })
    else if (last || lanes.some((lane) => lane.pending(watch.promptId))) watch.seen = true
    else if (!watch.asking && (watch.seen || found.length > 0)) {
      const lane = this.#liveLane(watch.laneId)
      const changed = lane && watch.askedAt !== lane.revision
      if (changed || (due && lanes.length > 0)) void this.#ask(watch)
    }
  }

  async #ask(watch: Watch): Promise<void> {
    watch.asking = true
    watch.askedAt = this.#liveLane(watch.laneId)?.revision ?? -1
    try {
      const { state, end, laneId } = await this.#api.prompt(watch.promptId)
      const moved = laneId !== watch.laneId
      watch.laneId = laneId
      if (state === 'ended' && end) {
        const message = end === 'withdrawn' ? undefined : await this.#find(watch)
        this.#finish(watch, message ? { end, message } : { end })
      } else if (!this.#lanes.get(laneId)) {
        this.#lanes.refresh()
        if (this.#watches.has(watch)) this.#checkLater(watch, RETRY_MS)
      } else if (moved) watch.askedAt = this.#liveLane(laneId)?.revision ?? -1
    } catch (error) {
      if (error instanceof ColloquyError && error.status === 404) this.#fail(watch, error)
      else if (this.#watches.has(watch)) this.#checkLater(watch, RETRY_MS)
    } finally {
      watch.asking = false
    }
  }

  /** The answer where the docs have none: in the page before its lane's segment, or newer than what has arrived here. */
  async #find({ promptId, laneId }: Watch): Promise<Message | undefined> {
    const lane = this.#lanes.get(laneId)
    // Its author may be unable to read the lane by now; how it ended is known all the same.
    if (!lane) return undefined
    for (const before of [lane.lane?.firstSeq, undefined]) {
      if (before !== undefined && before <= 1) continue
      const { messages } = await this.#api.messages(laneId, before)
      const found = messages
        .map((each) => toMessage(each, lane.where))
        .findLast((each) => answers(each, promptId))
      if (found) return found
    }
    return undefined
  }

  #liveLane(laneId: string): Lane | null {
    return this.#lanes.get(laneId)?.liveLane ?? null
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
