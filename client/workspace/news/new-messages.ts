import type { Message, Snapshot } from '@colloquy/client'

/** Tells which messages are new in a session: what was there before, or is only read now, is not. */
export class NewMessages {
  /** By laneId the newest `seq` that was there. Null: the session is not live yet. */
  #known: Map<string, number | null> | null = null
  #lanes: Snapshot['lanes'] = []

  /** Those that have come since the last call. */
  since({ connection, lanes, messages }: Snapshot): Message[] {
    if (this.#known === null) {
      if (connection.state !== 'live') return []
      // A lane that is not among these has come later, and all that is in it is new.
      this.#known = new Map(lanes.map(({ laneId }) => [laneId, null]))
    }
    // The same for every token: only what a lane has newly got changes it.
    if (lanes === this.#lanes) return []
    this.#lanes = lanes
    const after = new Map<string, number>()
    for (const { laneId, lastSeq, live } of lanes) {
      if (!live) continue
      const seq = this.#known.has(laneId) ? this.#known.get(laneId) : 0
      if (typeof seq === 'number' && lastSeq > seq) after.set(laneId, seq)
      this.#known.set(laneId, lastSeq)
    }
    if (after.size === 0) return []
    return messages.filter(({ laneId, metadata }) => metadata.seq > (after.get(laneId) ?? Infinity))
  }
}
