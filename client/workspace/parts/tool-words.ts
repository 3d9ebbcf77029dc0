/** Whose consent each call of a tool needs, as part of a line. */
export const CONSENT = { author: 'asks the prompt’s author', moderator: 'asks a moderator' } as const

/** What a tool does to the world, as part of a line. */
export const EFFECT = { read: 'reads', write: 'changes things' } as const
