'use client'

export { useApprovals } from './approvals.ts'
export { useSessionChat } from './chat.ts'
export { useDraft } from './draft.ts'
export { useConnection, useLanes, usePeople, useQueue, useSession, useSnapshot } from './hooks.ts'
export { useMyView } from './my-view.ts'
export {
  SessionProvider,
  type SessionProviderProps,
  SessionRoom,
  type SessionRoomProps,
} from './provider.ts'
export type {
  Draft,
  MyView,
  PendingCall,
  SessionApprovals,
  SessionChat,
  SessionConnection,
  SessionLanes,
  SessionPeople,
  SessionQueue,
  SharedDraft,
} from './types.ts'
