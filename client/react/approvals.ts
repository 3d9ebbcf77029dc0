import { useMemo } from 'react'
import type { CallRef, Me, Message, Snapshot } from '../types/index.ts'
import { useSession, useSnapshot } from './hooks.ts'
import type { PendingCall, SessionApprovals } from './types.ts'

export function useApprovals(): SessionApprovals {
  const session = useSession()
  const calls = useSnapshot(pendingCalls)
  return useMemo(
    () => ({
      calls,
      allow: (call: CallRef) => session.allowCall(call),
      deny: (call: CallRef) => session.denyCall(call),
      edit: (call: CallRef, args: Record<string, unknown>) => session.editCall(call, args),
    }),
    [session, calls],
  )
}

const known = new WeakMap<object, PendingCall>()

/** The calls that wait for somebody's consent, oldest first, each the same object until something about it changes. */
export function pendingCalls({ unfinished, me }: Snapshot): readonly PendingCall[] {
  return unfinished.flatMap((message) =>
    message.parts.flatMap((part) =>
      part.type === 'dynamic-tool' && part.state === 'approval-requested' ? [pending(message, part, me)] : [],
    ),
  )
}

function pending(message: Message, part: PendingCall['part'], me: Me | null): PendingCall {
  const { turnId, author } = message.metadata
  const { approver, argsHash } = part.toolMetadata
  const mine = approver === 'author' ? me?.id === author.id : me?.role === 'owner' || me?.role === 'moderator'
  const before = known.get(part)
  if (before?.mine === mine) return before
  const call = { turnId, callId: part.toolCallId, argsHash, messageId: message.id, author, part, mine }
  known.set(part, call)
  return call
}
