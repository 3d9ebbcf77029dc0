/** A board that people at several servers write on: all of them hear everything that is written, in one order. */
export interface SharedBoard {
  /**
   * Hears what was written lately and is written from now on, wherever; also what was written here.
   * @returns what ends it
   */
  follow(hear: (update: Uint8Array, userId: string) => void): () => void
  /**
   * Tells all. It is on the board only once it was heard.
   * @returns false when the board takes nothing more, because its next incarnation is being made from what it has
   * @throws when the store does not take it
   */
  write(update: Uint8Array, userId: string): Promise<boolean>
  /** All that was written lately, also what has not been heard yet. */
  recent(): Promise<Uint8Array[]>
}
