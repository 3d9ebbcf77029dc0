import type { Session } from '@colloquy/client'

/** The session on the screen, so that signing out can delete what it left in this browser. */
let open: Session | null = null

export function setOpenSession(session: Session | null): void {
  open = session
}

export async function leaveOpenSession(): Promise<void> {
  await open?.signOut()
  open = null
}
