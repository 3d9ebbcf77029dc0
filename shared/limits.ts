/** Limits of DESIGN §10; a server may set others, a client shows what the server answers. */
export interface Limits {
  /** Length of one prompt in UTF-8 bytes. */
  promptBytes: number
  /** Prompts of one person that wait in a lane. */
  pendingPerPerson: number
  /** Prompts that wait in a lane. */
  pendingPerLane: number
  /** Lanes that people choose in a session, beside the one of everyone; also those that turns of one lane go on in … */
  lanesPerSession: number
  /** … and of those that people choose, by one person. */
  lanesPerPerson: number
  /** WebSocket connections of one session. */
  connectionsPerSession: number
  /** A lane doc rolls to its next segment past this many messages … */
  segmentMessages: number
  /** … or past this many bytes. */
  segmentBytes: number
  /** Messages that the next segment starts with. */
  segmentCarry: number
  /** A board is rebuilt past this many bytes. */
  boardBytes: number
}

export const DEFAULT_LIMITS: Limits = {
  promptBytes: 64 * 1024,
  pendingPerPerson: 20,
  pendingPerLane: 200,
  lanesPerSession: 50,
  lanesPerPerson: 10,
  connectionsPerSession: 1000,
  segmentMessages: 500,
  segmentBytes: 2 * 1024 * 1024,
  segmentCarry: 50,
  boardBytes: 512 * 1024,
}
