import { fdatasync } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { backup, type DatabaseSync } from 'node:sqlite'
import { setImmediate as turn } from 'node:timers/promises'
import type { Answer, CopyOrder, CopyStop } from './sqlite-calls.ts'
import { reasonOf } from './sqlite-errors.ts'

/** Pages of one step: whoever wants to append meanwhile waits for one step at most. */
const STEP_PAGES = 100
/**
 * Pages after which the copy is brought to the disk, out of the way: the last step, which holds up appends too,
 * waits until the whole file is there.
 */
const SYNC_PAGES = 4096

/**
 * Copies the database to a new file while its own connection goes on writing. SQLite carries each write over into what
 * is copied already, so the copy is the database as it was at the moment of the last step: it holds every commit
 * before the call, and nothing that was erased by then.
 * @param stopped asked between two steps: true ends the copy
 * @throws whatever kept it from being whole; there is no file then
 */
export async function copyDatabase(db: DatabaseSync, path: string, stopped: () => boolean): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await copyPages(db, path, file.fd, stopped)
    await file.close()
  } catch (error) {
    await file.close()
    await rm(path, { force: true })
    await rm(`${path}-journal`, { force: true })
    throw error
  }
}

async function copyPages(db: DatabaseSync, path: string, fd: number, stopped: () => boolean): Promise<void> {
  let synced = 0
  let syncing = false
  const progress = ({ totalPages, remainingPages }: { totalPages: number; remainingPages: number }) => {
    if (stopped()) throw new Error('the copy was stopped')
    const copied = totalPages - remainingPages
    if (syncing || copied - synced < SYNC_PAGES) return
    syncing = true
    // That it fails will be told by the last step.
    fdatasync(fd, () => {
      syncing = false
      synced = copied
    })
  }
  for (;;) {
    try {
      await backup(db, path, { rate: STEP_PAGES, progress })
      return
    } catch (error) {
      if (!metWriter(error)) throw error
    }
    await turn()
    if (stopped()) throw new Error('the copy was stopped')
  }
}

/**
 * The first step came in the middle of a transaction. Node takes that alone for a failure (of later steps it knows
 * that they will do better next time), and finds no error on the connection.
 */
function metWriter(error: unknown): boolean {
  return error instanceof Error && 'errcode' in error && error.errcode === 0
}

/** Has one copy made at a time, and answers each order. */
export class CopyDesk {
  readonly #db: DatabaseSync
  readonly #answer: (answer: Answer) => void
  #current: { id: number; stopped: boolean; ended: Promise<void> } | null = null

  constructor(db: DatabaseSync, answer: (answer: Answer) => void) {
    this.#db = db
    this.#answer = answer
  }

  take(order: CopyOrder | CopyStop): void {
    if ('copyTo' in order) this.#begin(order)
    else if (this.#current?.id === order.stopCopy) this.#current.stopped = true
  }

  /** Stops what is under way. SQLite must not close before: it would free what a step works on. */
  async end(): Promise<void> {
    if (this.#current) this.#current.stopped = true
    await this.#current?.ended
  }

  #begin({ id, copyTo }: CopyOrder): void {
    if (this.#current) {
      this.#answer({ id, refusal: { code: null, message: 'another copy is being made' } })
      return
    }
    const copy = { id, stopped: false, ended: Promise.resolve() }
    this.#current = copy
    copy.ended = copyDatabase(this.#db, copyTo, () => copy.stopped).then(
      () => this.#done({ id, value: undefined }),
      (error: unknown) => this.#done({ id, refusal: { code: null, message: reasonOf(error) } }),
    )
  }

  #done(answer: Answer): void {
    this.#current = null
    this.#answer(answer)
  }
}
