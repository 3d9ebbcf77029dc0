import type { Audience, Readers, Role } from '@colloquy/shared'
import type {
  AcceptedAnswer,
  ExportAnswer,
  InvitePreviewAnswer,
  InvitesAnswer,
  MessagesAnswer,
  PromptAnswer,
  PromptStateAnswer,
  SessionAnswer,
  SessionListAnswer,
  SharedAnswer,
} from '@colloquy/shared/answers'
import type { AuditAnswer } from '@colloquy/shared/audit-answer'
import type { ViewAnswer } from '@colloquy/shared/view-answer'
import type { Principal } from '../access/principal.ts'
import type { RoomSession } from '../sync/port.ts'
import type { Found, Wanted } from './search-lanes.ts'

/** A person's act on a session, validated at the edge. */
export type Command =
  | {
      type: 'prompt.submit'
      text: string
      /** Without it `everyone`; userIds and `group:<id>`. */
      audience?: Audience | undefined
      seenSeq?: number | undefined
      model?: string | undefined
    }
  | { type: 'prompt.edit'; promptId: string; text: string }
  | { type: 'prompt.withdraw'; promptId: string }
  | { type: 'prompt.move'; promptId: string; before: string | null }
  | { type: 'turn.cancel'; turnId: string }
  | ({ type: 'call.decide'; turnId: string; callId: string; argsHash: string } & CallDecision)
  /** Asks again what this message asks or answers. */
  | { type: 'message.regenerate'; messageId: string; model?: string | undefined }
  | { type: 'message.share'; messageId: string; audience: Audience }
  | { type: 'message.retract'; messageId: string }
  /** Records that the actor copies a lane up to `seq`; `Sessions.fork` makes the copy. */
  | { type: 'lane.fork'; laneId: string; seq: number }
  /** `inviteId` is the hash of the code: the code itself goes no further than the edge. */
  | { type: 'invite.make'; inviteId: string; role: Role; uses: number; expiresIn: number }
  | { type: 'invite.accept'; inviteId: string }
  | { type: 'invite.end'; inviteId: string }
  | { type: 'session.rename'; title: string }
  /** `name` is what the person is called when this adds them. */
  | { type: 'member.set'; userId: string; role: Role; name?: string | undefined }
  | { type: 'member.remove'; userId: string }
  /** Ends all that the person has waiting and running. */
  | { type: 'member.stop'; userId: string }
  | { type: 'policy.set'; withoutTools: readonly string[] }

/** What somebody says of a call that needs consent. */
export type CallDecision =
  | { decision: 'allow' | 'deny' }
  | { decision: 'edit'; args: Record<string, unknown> }

/** What each command answers. */
export interface CommandResult {
  'prompt.submit': PromptAnswer
  'prompt.edit': { ok: true }
  'prompt.withdraw': { ok: true }
  'prompt.move': { ok: true }
  'turn.cancel': { ok: true }
  'call.decide': { ok: true }
  'message.regenerate': PromptAnswer
  'message.share': SharedAnswer
  'message.retract': { ok: true }
  'lane.fork': { ok: true }
  'invite.make': { expiresAt: number }
  'invite.accept': Omit<AcceptedAnswer, 'token'>
  'invite.end': { ok: true }
  'session.rename': { ok: true }
  'member.set': { ok: true }
  'member.remove': { ok: true }
  'member.stop': { ok: true }
  'policy.set': { ok: true }
}
export type CommandOf<T extends Command['type']> = Extract<Command, { type: T }>

/** A session in memory, as the HTTP side sees it. Every answer waits until what it tells is durable. */
export interface SessionApi extends RoomSession {
  /**
   * Acts once for each (person, commandId).
   * @throws ColloquyError; `COMMAND_REUSED` when the id came with another body before.
   */
  execute<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]>
  /** @throws ColloquyError `NOT_FOUND` to anyone who is not a member, in this and all reads below. */
  describe(actor: Principal): Promise<SessionAnswer>
  /** The same for a person who opens the session; what waits in it goes on. */
  visit(actor: Principal): Promise<SessionAnswer>
  /** What the invite with this id shows; needs no membership. @throws ColloquyError as accepting it would */
  invite(inviteId: string): Promise<InvitePreviewAnswer>
  /**
   * The readers that a prompt of the person for these has.
   * @throws ColloquyError as submitting it would: `FORBIDDEN`, `AUDIENCE_UNKNOWN`, `AUDIENCE_EMPTY`
   */
  readersFor(actor: Principal, asked: Audience): Promise<Readers>
  /** Those that still let somebody in, newest first. @throws ColloquyError `FORBIDDEN` to all but moderators and owners */
  invites(actor: Principal): Promise<InvitesAnswer>
  /** A page of what was done, newest first. @throws ColloquyError `FORBIDDEN` to all but owners */
  audit(actor: Principal, before?: number): Promise<AuditAnswer>
  prompt(actor: Principal, promptId: string): Promise<PromptStateAnswer>
  /** The page of messages before lane `seq` `before`, oldest first; from the newest without it. */
  messages(actor: Principal, laneId: string, before?: number): Promise<MessagesAnswer>
  export(actor: Principal): Promise<ExportAnswer>
  /** Looks for words in what the person reads, newest first. What is found is told by way of `stillTold`. */
  search(actor: Principal, wanted: Wanted): Promise<Found>
  /** Those of what was found that the person reads now, without what has been taken back since. */
  stillTold<T extends { laneId: string; messageId: string }>(actor: Principal, hits: readonly T[]): T[]
  /** What the assistant would see if the person asked next in this lane. */
  view(actor: Principal, laneId: string): Promise<ViewAnswer>
}

export interface ForkFrom {
  sessionId: string
  laneId: string
  seq: number
  title?: string | undefined
}

/** The sessions of this process. */
export interface SessionsApi {
  /** Idempotent by (person, commandId). */
  create(actor: Principal, commandId: string, title?: string): Promise<SessionAnswer>
  /** @throws ColloquyError `NOT_FOUND`, `STORE_UNAVAILABLE` */
  open(sessionId: string): Promise<SessionApi>
  /**
   * A session of the caller's own, with what a lane holds up to `seq`. Idempotent by (person, commandId).
   * @throws ColloquyError `NOT_FOUND` where they do not read the lane
   */
  fork(actor: Principal, commandId: string, from: ForkFrom): Promise<SessionAnswer>
  /** Sessions that the person is a member of, last active first. */
  mine(actor: Principal): Promise<SessionListAnswer['sessions']>
}
