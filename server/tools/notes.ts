import { createHash } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import { z } from 'zod'
import { BETWEEN_PIECES, lengthWith, type Note } from '../access/note.ts'
import type { WorkspaceState } from '../access/workspace-state.ts'
import type { WorkspaceStream } from '../access/workspace-stream.ts'
import { type Clock, randomId } from '../clock.ts'
import { type Tool, ToolError } from './tool.ts'

/** Characters of a note that one reading returns: with each of them escaped, still less than a result may have. */
const READ_LENGTH = 32_000
const APPENDED_LENGTH = 16_000
const NOTE_LENGTH = 1_000_000
const MOST_NOTES = 1_000
/** Notes that a listing names: with the longest names, still less than a result may have. */
const LISTED = 200

const noteName = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(100, 'must have at most 100 characters')
  .refine((name) => !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name), 'must not hold control characters')
const noteText = z
  .string()
  .min(1, 'must not be empty')
  .max(APPENDED_LENGTH, 'must have at most 16,000 characters')
  // Half a surrogate pair would not come back from the store as it was.
  .refine((text) => text.isWellFormed() && !/[^\P{Cc}\t\n\r]/u.test(text), 'must not hold control characters')

/** The tools `notes.read` and `notes.append`, on the notes that everybody of the workspace may read. */
export function createNoteTools(stream: WorkspaceStream, clock: Clock): Tool[] {
  return [readTool(stream), appendTool(stream, clock)]
}

function readTool(stream: WorkspaceStream): Tool<{ name?: string | undefined }> {
  return {
    name: 'notes.read',
    description:
      "Reads the team's notes: texts that everybody of the workspace shares, across sessions. " +
      'Without a name it lists them; with one it returns the end of that note, at most 32,000 characters.',
    input: z.strictObject({ name: noteName.optional().describe('The note to read.') }),
    effect: 'read',
    replay: 'safe',
    audience: () => 'everyone',
    async run({ name }) {
      const { notes } = await stream.current().catch(storeFailed)
      if (name === undefined) return listing(notes)
      const note = notes.get(name)
      if (!note) throw new ToolError(`There is no note with this name. ${countOf(notes.size)}`)
      return { ...about(name, note), ...(await endOf(stream, note)) }
    },
  }
}

function appendTool(stream: WorkspaceStream, clock: Clock): Tool<{ name: string; text: string }> {
  return {
    name: 'notes.append',
    description:
      "Adds a text at the end of one of the team's notes, which everybody of the workspace can read from then " +
      'on; a note that does not exist is made. Use it when somebody asks to keep something for the team.',
    input: z.strictObject({
      name: noteName.describe('The note: a few words that the team will know it by.'),
      text: noteText.describe('What to add; it begins a new line.'),
    }),
    effect: 'write',
    replay: 'keyed',
    approver: 'author',
    audience: () => 'everyone',
    async run({ name, text }, { key, principal: { userId } }) {
      const cell = randomId('c')
      const hash = createHash('sha256')
        .update(JSON.stringify([name, text]))
        .digest('base64url')
      const decide = ({ notes }: WorkspaceState) => {
        refuseTooMuch(notes, name, text)
        const grown = { note: name, audience: 'everyone' as const, by: userId, cell, length: text.length }
        return {
          events: [{ type: 'note.appended' as const, at: clock.now(), ...grown }],
          bodies: new Map([[cell, text]]),
          result: { name, length: lengthWith(notes.get(name), text.length) },
        }
      }
      return stream.change(decide, { userId, commandId: key, hash }).catch(storeFailed)
    },
  }
}

type Notes = WorkspaceState['notes']

function refuseTooMuch(notes: Notes, name: string, text: string): void {
  const note = notes.get(name)
  if (!note && notes.size >= MOST_NOTES) {
    throw new ToolError('The workspace has 1,000 notes already: add to one of them.')
  }
  if (lengthWith(note, text.length) > NOTE_LENGTH) {
    throw new ToolError('The note would have more than 1,000,000 characters: begin another one.')
  }
}

/** The notes that grew last, newest first. */
function listing(notes: Notes) {
  const newest = [...notes].sort(([, a], [, b]) => b.updatedAt - a.updatedAt).slice(0, LISTED)
  const more = notes.size - newest.length
  return { notes: newest.map(([name, note]) => about(name, note)), ...(more > 0 ? { more } : {}) }
}

/** A time as text: models misread a number. */
function about(name: string, { length, updatedAt }: Readonly<Note>) {
  return { name, length, updatedAt: new Date(updatedAt).toISOString() }
}

async function endOf(stream: WorkspaceStream, note: Readonly<Note>) {
  const wanted = lastPieces(note, READ_LENGTH)
  const bodies = await stream.bodies(wanted).catch(storeFailed)
  const joined = wanted.map((cell) => bodies.get(cell) ?? '').join(BETWEEN_PIECES)
  // Not from the middle of a pair.
  const text = joined.slice(-READ_LENGTH).replace(/^[\udc00-\udfff]/, '')
  const leftOut = note.length - text.length
  return { text, ...(leftOut > 0 ? { cut: `The first ${leftOut} characters are left out.` } : {}) }
}

/** The cells that hold the last `length` characters. */
function lastPieces({ pieces }: Readonly<Note>, length: number): string[] {
  let first = pieces.length
  for (let held = 0; first > 0 && held < length; first--) {
    held += (pieces[first - 1]?.length ?? 0) + BETWEEN_PIECES.length
  }
  return pieces.slice(first).map(({ cell }) => cell)
}

function countOf(notes: number): string {
  return notes === 0 ? 'There are none yet.' : `There are ${notes}: read without a name lists them.`
}

function storeFailed(error: unknown): never {
  if (!(error instanceof ColloquyError)) throw error
  // The note may have grown before the store fell silent; the same key finds out.
  throw new ToolError(error.message, { uncertain: error.code === 'STORE_UNAVAILABLE', cause: error })
}
