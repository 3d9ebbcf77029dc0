import type { SignedIn, Workspace, WorkspaceInfo } from '@colloquy/client/team'
import { createContext, use } from 'react'

/** Who is signed in, and to what. */
export interface Account {
  me: SignedIn
  info: WorkspaceInfo
  workspace: Workspace
  /** Where the server is; in a page, a relative URL counts from that page. */
  url: string
  /** Undefined: the browser's cookie says who it is. */
  auth: (() => string | Promise<string>) | undefined
  /** Counts the times that the server was asked who this is. */
  round: number
  /** In a page that is somebody else's: there is this one session, and no other place to go to. */
  embedded?: 'frame' | 'app'
  /** Asks the server again who this is, such as after a new credential. */
  refresh(): void
  /** Reads `info` again: an admin may have changed it. */
  readInfo(): Promise<void>
  signOut(): Promise<void>
}

export const AccountContext = createContext<Account | null>(null)

export function useAccount(): Account {
  const account = use(AccountContext)
  if (!account) throw new Error('nobody is signed in here')
  return account
}
