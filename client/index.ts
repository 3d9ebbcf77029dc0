/**
 * A Colloquy session in your own page, worker or Node program.
 *
 * ```ts
 * import { connect } from '@colloquy/client'
 *
 * const session = connect({ url: 'https://ai.acme.dev', session: 'ses_…', auth: () => getToken() })
 * await session.ready
 * session.subscribe(({ messages, queue, turn, people, connection }) => render(messages, queue))
 *
 * const prompt = await session.prompt('Draft the brief') // resolves when the server has made it durable
 * await prompt.edit('Draft a one-page brief')
 * const { end, message } = await prompt.finished // 'done', and the assistant's answer
 * session.close()
 * ```
 */
export type { Clock } from './clock.ts'
export { connect } from './connect.ts'
export { type ClientErrorCode, ColloquyError } from './errors.ts'
export { replaceText } from './sync/drafts.ts'
export type {
  Audience,
  Board,
  BoardDraft,
  CallRef,
  ConnectionState,
  ConnectOptions,
  Finished,
  Group,
  InLane,
  Invite,
  Me,
  Member,
  Message,
  MessageMetadata,
  MessagePart,
  MessageStatus,
  OlderMessages,
  Person,
  PersonRef,
  PromptEnd,
  PromptOptions,
  QueueEntry,
  Role,
  RunningTurn,
  Session,
  SharedMessage,
  ShownLane,
  ShownTurn,
  Snapshot,
  Storage,
  SubmittedPrompt,
  ToolPart,
  ToolPartMetadata,
  UnsentPrompt,
  View,
  ViewMessage,
  ViewSummary,
  Waiting,
} from './types/index.ts'
