import type { Audience } from '@colloquy/client'
import type { ClipboardEvent } from 'react'

/** What the composer knows of what is attached; all else comes when the page stands. */
export interface Attachments {
  some: boolean
  /** Why nothing can be sent yet; null: it can. */
  waits: string | null
  /** Lets these people read what is attached, and submits the whole text; what is refused stays where it is. */
  send(audience: Audience, submit: (text: string) => void): Promise<void>
  /** Of a text that comes back: takes what was attached to it, and gives the words. */
  takeBack(text: string): string
  add(files: readonly File[]): void
  onPaste(event: ClipboardEvent): void
}
