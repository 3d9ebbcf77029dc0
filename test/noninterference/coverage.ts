/**
 * How often at least, in 1,000 random histories, what is hard to come by happens: about half of what is usual. Histories
 * that never meet something say nothing of it.
 */
const LEAST: Readonly<Record<string, number>> = {
  'prompt.submit: QUEUE_FULL': 70,
  'prompt.submit: LANES_FULL': 60,
  'prompt.edited': 45,
  'prompt.moved': 15,
  'prompt.withdrawn': 35,
  'tool.approval allowed': 70,
  'tool.approval denied': 60,
  'tool.approval expired': 300,
  'turn.narrowed': 250,
  'turn.ended cancelled': 12,
  'turn.ended revoked': 30,
  'view.compacted for everyone': 5,
  'view.compacted for some': 60,
  'lane.rolled lane erased': 30,
  'lane.rolled lane full': 30,
  'entry.shared with everyone': 30,
  'entry.shared with some': 6,
  'lane.forked': 20,
  'member.remove: ok': 150,
  'invite.accept: ok': 120,
  'message.retract: ok': 30,
  'message.regenerate: ok': 30,
  'take: ok': 3,
}

/** Counts what happens in histories. */
export class Coverage {
  readonly #counts = new Map<string, number>()

  readonly add = (happened: readonly string[]): void => {
    for (const what of happened) this.#counts.set(what, (this.#counts.get(what) ?? 0) + 1)
  }

  /** What happened less often than it should in so many histories, in words. */
  missing(histories: number): string[] {
    return Object.entries(LEAST).flatMap(([what, least]) => {
      const [seen, due] = [this.#counts.get(what) ?? 0, Math.floor((least * histories) / 1_000)]
      return seen < due ? [`${what}: ${seen} times, not ${due}`] : []
    })
  }

  toString(): string {
    return [...this.#counts]
      .sort()
      .map(([what, count]) => `${count} ${what}`)
      .join('\n')
  }
}
