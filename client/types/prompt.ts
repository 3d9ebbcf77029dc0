import type { Audience } from '@colloquy/shared/audience'
import type { MessageStatus } from '@colloquy/shared/layout'
import type { Message } from './snapshot.ts'

export interface PromptOptions {
  /**
   * Who may read the question and its answer: everyone now and later (the default), or userIds and `group:<id>`; one
   * is always among them.
   */
  audience?: Audience
  model?: string
}

export type PromptEnd = Exclude<MessageStatus, 'streaming' | 'superseded'> | 'withdrawn'

/** How a prompt ended, and its answer if there is one that can still be read. */
export interface Finished {
  end: PromptEnd
  message?: Message
}

/** A prompt that the server has made durable. */
export interface SubmittedPrompt {
  readonly promptId: string
  /** Where it was put. */
  readonly laneId: string
  /** Place in the queue when it was accepted; 1 is next. */
  readonly position: number
  /** Resolves at its last end, wherever it goes on when its answer ends as `narrowed`; rejects with `CLOSED` when the session is closed here before. */
  readonly finished: Promise<Finished>
  /** These three work while the prompt waits. @throws ColloquyError `PROMPT_NOT_PENDING` */
  edit(text: string): Promise<void>
  withdraw(): Promise<void>
  /** Places it before another of one's own prompts; null: after all of them. */
  move(before: string | null): Promise<void>
}
