/**
 * Who may receive a thing: every member now and later, or a nominal set of userIds (sorted, without
 * repeats, never recomputed). A set that happens to name all members is still not `everyone`.
 */
export type Audience = 'everyone' | readonly string[]

/** The lane that every session has, shared by `everyone`. */
export const MAIN_LANE = 'main'
