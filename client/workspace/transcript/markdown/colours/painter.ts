import type { Language } from './languages.ts'
import type { Answer, Grammar, Job, Line, Request } from './protocol.ts'

/** The part of a `Worker` that is used. */
export type WorkerLike = Pick<Worker, 'postMessage' | 'terminate' | 'addEventListener'>

/** A job that takes longer has met an expression that does not end, or a grammar that does not come. */
const LONGEST_MS = 10_000
/** With so many workers lost something is wrong that a new one does not mend. */
const MOST_LOST = 5

interface Waiting {
  job: Job
  resolve: (lines: readonly Line[] | null) => void
}

/** Gives jobs to a worker one by one, and gets a new worker when one does not answer. */
export class Painter {
  readonly #start: () => WorkerLike
  readonly #grammarOf: (language: Language) => Promise<Grammar>
  /** What the worker has learnt. */
  readonly #languages = new Set<Language>()
  readonly #queue: Waiting[] = []
  #worker: WorkerLike | null = null
  #running: Waiting | null = null
  #timer: ReturnType<typeof setTimeout> | undefined
  #lost = 0

  constructor(start: () => WorkerLike, grammarOf: (language: Language) => Promise<Grammar>) {
    this.#start = start
    this.#grammarOf = grammarOf
  }

  /** @returns null where the lines stay plain */
  paint(job: Job): Promise<readonly Line[] | null> {
    const { promise, resolve } = Promise.withResolvers<readonly Line[] | null>()
    this.#queue.push({ job, resolve })
    this.#next()
    return promise
  }

  /** Nothing more of the block is wanted. */
  forget(block: number): void {
    for (let i = this.#queue.length - 1; i >= 0; i--) {
      if (this.#queue[i]?.job.block === block) this.#queue.splice(i, 1)
    }
    this.#tell({ forget: block })
  }

  #next(): void {
    if (this.#running) return
    const next = this.#queue.shift()
    if (!next) return
    if (this.#lost >= MOST_LOST) {
      next.resolve(null)
      this.#next()
      return
    }
    this.#running = next
    this.#timer = setTimeout(() => this.#lose(), LONGEST_MS)
    this.#run(next).catch(() => {
      // No grammar, or no worker: an app may forbid them, or have its files at another origin.
      if (this.#running === next) this.#lose()
    })
  }

  async #run(next: Waiting): Promise<void> {
    const { language } = next.job
    const grammar = this.#languages.has(language) ? null : await this.#grammarOf(language)
    if (this.#running !== next) return
    this.#worker ??= this.#newWorker()
    if (grammar) this.#tell({ learn: language, grammar })
    this.#languages.add(language)
    this.#tell(next.job)
  }

  #tell(request: Request): void {
    this.#worker?.postMessage(request)
  }

  #newWorker(): WorkerLike {
    const worker = this.#start()
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => this.#done(data))
    // As where the server has been upgraded, and its older files are gone.
    worker.addEventListener('error', () => this.#lose())
    return worker
  }

  #lose(): void {
    this.#lost++
    this.#worker?.terminate()
    this.#worker = null
    this.#languages.clear()
    this.#done(null)
  }

  #done(lines: Answer): void {
    clearTimeout(this.#timer)
    const done = this.#running
    this.#running = null
    done?.resolve(lines)
    this.#next()
  }
}
