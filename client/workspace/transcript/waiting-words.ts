import type { Me, MessageMetadata, PersonRef, ToolPartMetadata } from '@colloquy/client'
import type { PendingCall } from '@colloquy/client/react'
import { cleanName } from '../parts/names.ts'
import { reasonFor } from '../parts/refusals.ts'

/** What an answer waits for. `until`: the server's time at which it goes on, or gives up. */
export type Wait =
  | { for: 'approval'; text: string; until: number | undefined }
  | { for: 'provider'; text: string; until: number }
  | { for: 'lane'; text: string; until: undefined }

/** Why an answer that has begun says nothing now; null: it does not wait. */
export function waitOf(metadata: MessageMetadata, calls: readonly PendingCall[], me: Me | null): Wait | null {
  const call = calls.find(({ turnId }) => turnId === metadata.turnId)
  if (call) {
    const { approver, expiresAt } = call.part.toolMetadata
    const whose = waitsFor(approver, call.author, call.author.id === me?.id, call.mine)
    return {
      for: 'approval',
      text: `Waits for ${whose === 'you' ? 'your' : `${whose}’s`} approval`,
      until: expiresAt,
    }
  }
  const { waiting } = metadata
  if (!waiting) return null
  if (waiting.reason === 'APPROVAL') return { for: 'lane', text: 'Goes on in a moment', until: undefined }
  return { for: 'provider', text: `Waiting: ${reasonFor(waiting.reason)}`, until: waiting.until }
}

/** Whose consent a call waits for, as the reader would say it. */
export function waitsFor(
  approver: ToolPartMetadata['approver'],
  author: PersonRef,
  mine: boolean,
  decides: boolean,
): string {
  if (decides) return 'you'
  if (approver === 'moderator') return 'a moderator'
  return mine ? 'you' : cleanName(author.name)
}

/** Time until a call that waits for consent ends without it. */
export function leftWords(ms: number): string {
  if (ms <= 0) return 'time is up'
  return ms > 90_000 ? `${Math.ceil(ms / 60_000)} min left` : `${Math.ceil(ms / 1_000)} s left`
}

/** Time until what has failed is tried once more. */
export function nextTryWords(ms: number): string {
  if (ms <= 0) return 'trying again'
  return ms > 90_000 ? `next try in ${Math.ceil(ms / 60_000)} min` : `next try in ${Math.ceil(ms / 1_000)} s`
}
