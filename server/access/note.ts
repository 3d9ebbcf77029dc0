import type { Audience } from '@colloquy/shared'
import type { WorkspaceEvent } from '@colloquy/shared/workspace-events'

/** A named text of the workspace, as its stream tells: what it says lies in the erasable cells of its pieces. */
export interface Note {
  readonly audience: Audience
  /** What was appended, oldest first: a cell, and how many characters it holds. */
  pieces: { cell: string; length: number }[]
  /** Characters of the whole text, in which each piece begins a line. */
  length: number
  /** ms since 1970 when it last grew. */
  updatedAt: number
}

/** What stands between two pieces of a note. */
export const BETWEEN_PIECES = '\n'

type Appended = Extract<WorkspaceEvent, { type: 'note.appended' }>

/** Characters of a note once `added` more stand in a piece of their own. */
export function lengthWith(note: Readonly<Note> | undefined, added: number): number {
  return note ? note.length + BETWEEN_PIECES.length + added : added
}

/** Gives the event's piece to its note; in place, as a note may grow for years. */
export function grow(notes: Map<string, Note>, { note: name, audience, cell, length, at }: Appended): void {
  const note = notes.get(name)
  const piece = { cell, length }
  if (!note) {
    notes.set(name, { audience, pieces: [piece], length, updatedAt: at })
    return
  }
  note.pieces.push(piece)
  note.length = lengthWith(note, length)
  note.updatedAt = at
}
