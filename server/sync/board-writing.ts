import type { Clock } from '../clock.ts'
import type { SharedBoard } from './shared-board.ts'

const AGAIN_MS = 2_000

export interface BoardWritingOptions {
  /** The board as the session now in memory has it; null while none is, or the board is there no more. */
  board(): SharedBoard | null
  mayWrite(userId: string): boolean
  failed(error: unknown): void
  clock: Clock
}

/**
 * Tells all servers what is written on a board at this one. It is on the board only once it is heard. What is not taken
 * because the next incarnation is being made, its author's copy still has; what the store does not take now is told again
 * until it does, unless its author may write no longer.
 */
export class BoardWriting {
  readonly #options: BoardWritingOptions
  readonly #waiting = new Set<() => void>()

  constructor(options: BoardWritingOptions) {
    this.#options = options
  }

  write(update: Uint8Array, userId: string): void {
    const { board, mayWrite, failed } = this.#options
    const shared = board()
    // While the session is away nobody knows who may write.
    if (!shared) this.#again(update, userId)
    else if (mayWrite(userId)) {
      shared.write(update, userId).catch((error: unknown) => {
        failed(error)
        this.#again(update, userId)
      })
    }
  }

  /** Tells nothing more. */
  end(): void {
    for (const stop of this.#waiting) stop()
    this.#waiting.clear()
  }

  #again(update: Uint8Array, userId: string): void {
    const stop = this.#options.clock.after(AGAIN_MS, () => {
      this.#waiting.delete(stop)
      this.write(update, userId)
    })
    this.#waiting.add(stop)
  }
}
