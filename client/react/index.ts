'use client'

export { useApprovals } from './approvals.ts'
export { useSessionChat } from './chat.ts'
export { useDraft } from './draft.ts'
export { useConnection, usePeople, useQueue, useSession, useSnapshot } from './hooks.ts'
export {
  SessionProvider,
  type SessionProviderProps,
  SessionRoom,
  type SessionRoomProps,
} from './provider.ts'
export type {
  Draft,
  PendingCall,
  SessionApprovals,
  SessionChat,
  SessionConnection,
  SessionPeople,
  SessionQueue,
  SharedDraft,
} from './types.ts'
