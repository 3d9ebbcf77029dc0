/** A board that people at several servers write on: each server has it whole, and tells the others what is written there. */
export interface SharedBoard {
  /**
   * Hears what was written lately and is written from now on, wherever; also what was written here.
   * @returns what ends it
   */
  follow(hear: (update: Uint8Array, userId: string) => void): () => void
  /** Tells the others. @throws when the store does not take it */
  write(update: Uint8Array, userId: string): Promise<void>
}
