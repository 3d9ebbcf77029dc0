import type { PersonRef } from '@colloquy/shared/layout'

/** What the assistant would be given for one's next prompt in a lane. Tokens are estimates. */
export interface View {
  laneId: string
  /** In the view, of all in the lanes that one reads. */
  messages: { in: number; of: number }
  tokens: { used: number; budget: number; saved: number }
  /** What goes into it, in its order. */
  lanes: { laneId: string; in: number; of: number; tokens: number; budget: number }[]
  /** The latest ones. */
  listed: ViewMessage[]
  /** How many more are counted. */
  unlisted: number
  /** What stands in place of older messages. */
  summaries: ViewSummary[]
  /** Words that are in the view once. */
  repeats: { messageId: string; author: string; sameAs: string; characters: number; saved: number }[]
}

export interface ViewMessage {
  messageId: string
  laneId: string
  seq: number
  role: 'user' | 'assistant'
  author: PersonRef
  tokens: number
  in: boolean
  /** Why it is not in. */
  why?: 'NOT_DONE' | 'RETRACTED' | 'BUDGET' | 'SUMMARISED' | 'OTHER_READERS' | undefined
}

export interface ViewSummary {
  laneId: string
  fromSeq: number
  throughSeq: number
  by: 'model' | 'extract'
  tokens: number
  /** Each with the userIds of who said it (nobody: the assistant), and the ids of the messages that it comes from. */
  claims: { text: string; authors: string[]; sources: string[] }[]
}
