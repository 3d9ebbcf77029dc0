/** Tokens (see `tokens.ts`) that the parts of a view may have. */
export interface ViewBudget {
  /** For what everyone reads. */
  main: number
  /** For each set lane that flows in: what one of them holds never makes room in another. */
  lane: number
  /** Set lanes in one view, its own included: the widest ones. */
  lanes: number
}

export const VIEW_BUDGET: ViewBudget = { main: 32_000, lane: 16_000, lanes: 6 }

/** Part of a lane's budget for what its older messages came to; the rest is for messages. */
const SUMMARIES = 1 / 4
/** Messages of a lane that are neither summed up nor among the newest: at this many, they are to be summed up … */
export const DUE_MESSAGES = 80
/** … or at this part of what the messages may have. Half as much stays as it was said. */
export const DUE_PART = 3 / 4
/** Summaries of a lane that the next one takes in: there are never more. */
export const MERGED_SUMMARIES = 4

/** Characters of one message that later turns still see; a turn sees its own question whole. */
export const HISTORY_TEXT = 24_000
/** Characters of a result that later turns see, and of all results of one answer. */
export const HISTORY_RESULT = 4_000
export const HISTORY_RESULTS = 24_000
/** Characters of results that a turn sees whole: its newest ones. */
export const TURN_RESULTS = 240_000

/** Characters from which on words that were said before are not told again. */
export const REPEAT_LENGTH = 1_000

export function roomFor(budget: number): { summaries: number; messages: number } {
  const summaries = Math.floor(budget * SUMMARIES)
  return { summaries, messages: budget - summaries }
}
