import type { MessageStatus, PersonRef } from '@colloquy/shared/layout'
import type { Role } from '@colloquy/shared/roles'
import type { Approver, CallOutcome, CallReason, ToolEffect } from '@colloquy/shared/tools'

/** What was done: who, what and when, by ids, and no words that anybody wrote. `by`: whose act it was, or whose turn. */
export type AuditItem = { at: number; by?: PersonRef | undefined } & (
  | { type: 'session.created' | 'session.renamed' }
  /** `role` null: no longer a member. `inviteId`: the invite that they came in by. */
  | { type: 'member.changed'; userId: string; role: Role | null; inviteId?: string | undefined }
  | { type: 'invite.made'; inviteId: string; role: Role; uses: number; expiresAt: number }
  | { type: 'invite.ended'; inviteId: string }
  | { type: 'policy.changed'; withoutTools: string[] }
  | { type: 'lane.opened'; laneId: string }
  /** `seq`: the last message that was copied. */
  | { type: 'lane.forked'; laneId: string; seq: number }
  | ({ type: 'entry.retracted'; messageId: string } & InLane)
  /** `fromLaneId`: where one reads that lane, too. */
  | ({ type: 'entry.shared'; messageId: string; sourceId: string; fromLaneId?: string | undefined } & InLane)
  /** `again`: the question asked again. */
  | ({ type: 'prompt.accepted'; again?: string | undefined } & OfPrompt)
  | ({ type: 'prompt.edited' | 'prompt.moved' } & OfPrompt)
  | ({ type: 'prompt.withdrawn'; reason?: 'REVOKED' | undefined } & OfPrompt)
  | ({ type: 'turn.claimed' } & OfTurn)
  | ({ type: 'turn.ended'; end: Ended; reason?: string | undefined } & OfTurn)
  /** `tool`: empty where the model named none that could be one. `approver`: whose consent it needed. */
  | ({
      type: 'tool.intent'
      tool: string
      effect: ToolEffect
      argsHash: string
      approver?: Approver | undefined
    } & OfCall)
  | ({ type: 'tool.approval'; decision: 'allowed' | 'denied' | 'edited' | 'expired' } & OfCall)
  | ({ type: 'tool.settled'; outcome: CallOutcome; reason?: CallReason | undefined } & OfCall)
)

type Ended = Exclude<MessageStatus, 'streaming' | 'superseded'>
interface InLane {
  laneId: string
}
interface OfPrompt extends InLane {
  promptId: string
}
interface OfTurn extends OfPrompt {
  turnId: string
}
interface OfCall extends OfTurn {
  callId: string
}
