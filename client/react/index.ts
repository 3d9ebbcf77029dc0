'use client'

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
  SessionChat,
  SessionConnection,
  SessionPeople,
  SessionQueue,
  SharedDraft,
} from './types.ts'
