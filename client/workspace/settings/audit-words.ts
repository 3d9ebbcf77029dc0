import type { AuditItem } from '@colloquy/client/team'
import { listOf } from '../audience/reader-words.ts'
import { cleanName } from '../parts/names.ts'
import { reasonFor } from '../parts/refusals.ts'
import { ROLE_WORDS } from '../parts/roles.ts'
import { CONSENT } from '../parts/tool-words.ts'
import { CALL_SENTENCES } from '../transcript/calls/call-words.ts'

/** What the items themselves do not hold. */
export interface AuditNames {
  nameOf: (userId: string) => string
  /** Who reads a lane, as in "Only you"; null: everyone. */
  readersOf: (laneId: string) => string | null
  /** What a call was of; undefined: that is not known here. */
  toolOf: (callId: string) => string | undefined
}

/** What was done, in one sentence. */
export function auditSentence(item: AuditItem, names: AuditNames): string {
  const who = item.by ? cleanName(item.by.name) : 'Somebody'
  switch (item.type) {
    case 'session.created':
      return `${who} made the session.`
    case 'session.renamed':
      return `${who} renamed the session.`
    case 'member.changed':
      return memberSentence(item, who, names)
    case 'invite.made':
      return `${who} made an invite for ${item.uses === 1 ? 'one' : `${item.uses} people`}, as ${roleName(item.role)}.`
    case 'invite.ended':
      return `${who} revoked an invite.`
    case 'policy.changed':
      return item.withoutTools.length === 0
        ? `${who} said that answers here may call every tool of the workspace.`
        : `${who} said that answers here do without ${listOf(item.withoutTools)}.`
    case 'lane.opened':
      return `${who} chose for the first time who else reads.`
    case 'lane.forked':
      return `${who} copied this up to message ${item.seq} into a session of their own.`
    case 'prompt.accepted':
      return item.again === undefined ? `${who} asked.` : `${who} asked something again.`
    case 'prompt.edited':
      return `${who} changed a prompt that waited.`
    case 'prompt.moved':
      return `${who} moved a prompt that waited.`
    case 'prompt.withdrawn':
      return item.reason === 'REVOKED'
        ? 'A prompt was withdrawn: its author may no longer ask.'
        : `${who} withdrew a prompt.`
    case 'turn.claimed':
      return `The answer to ${who} began.`
    case 'turn.ended':
      return endSentence(item, who)
    case 'entry.shared': {
      const readers = names.readersOf(item.laneId)
      return `${who} shared a message with ${readers === null ? 'everyone' : 'others'}.`
    }
    case 'entry.retracted':
      return `${who} took a message back.`
    default:
      return callSentence(item, who, names.toolOf)
  }
}

type Of<T extends AuditItem['type']> = Extract<AuditItem, { type: T }>

function memberSentence(item: Of<'member.changed'>, who: string, { nameOf }: AuditNames): string {
  const { userId, role, by, inviteId } = item
  const self = by?.id === userId
  const name = self ? who : cleanName(nameOf(userId))
  if (role === null) return self ? `${name} left.` : `${who} took ${name} out.`
  if (inviteId !== undefined) return `${name} came in by an invite, as ${roleName(role)}.`
  return self ? `${name} became ${roleName(role)}.` : `${who} made ${name} ${roleName(role)}.`
}

function endSentence({ end, reason }: Of<'turn.ended'>, who: string): string {
  const why = reason === undefined ? '' : `: ${reasonFor(reason)}`
  switch (end) {
    case 'done':
      return `The answer to ${who} ended.`
    case 'failed':
      return `The answer to ${who} failed${why}.`
    case 'cancelled':
      return `The answer to ${who} was stopped${why}.`
    case 'revoked':
      return `The answer to ${who} was ended: they may no longer ask.`
    case 'denied':
      return `The answer to ${who} was not allowed${why}.`
    case 'narrowed':
      return `The answer to ${who} went on with fewer readers.`
  }
}

function callSentence(
  item: Of<'tool.intent' | 'tool.approval' | 'tool.settled'>,
  who: string,
  toolOf: AuditNames['toolOf'],
): string {
  const tool = item.type === 'tool.intent' ? item.tool : toolOf(item.callId)
  const of = tool ? cleanName(tool) : 'a tool'
  switch (item.type) {
    case 'tool.intent':
      return `The answer to ${who} wanted to call ${of}${item.approver ? `, which ${CONSENT[item.approver]}` : ''}.`
    case 'tool.approval':
      return item.decision === 'expired'
        ? `Nobody allowed the call of ${of} in time.`
        : `${who} ${DECISIONS[item.decision]} ${of}.`
    case 'tool.settled':
      if (item.outcome === 'ok') return `The call of ${of} was carried out.`
      return item.reason
        ? `${of}: ${CALL_SENTENCES[item.reason]}`
        : `The call of ${of} ${OUTCOMES[item.outcome]}.`
  }
}

const DECISIONS = {
  allowed: 'allowed the call of',
  denied: 'denied the call of',
  edited: 'changed the call of',
} as const
const OUTCOMES = {
  error: 'failed',
  denied: 'was not run',
  unknown: 'may have happened',
  cancelled: 'was stopped',
} as const

function roleName(role: keyof typeof ROLE_WORDS): string {
  return `${role === 'owner' ? 'an' : 'a'} ${ROLE_WORDS[role].name.toLowerCase()}`
}

const utcDay = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'long', timeZone: 'UTC' })

/** A day of the counts, such as `2026-11-26`; they are by UTC. */
export function utcDayWords(day: string): string {
  const at = Date.parse(`${day}T00:00:00Z`)
  return Number.isNaN(at) ? day : utcDay.format(at)
}
