import { expect } from 'vitest'
import {
  type Append,
  type Journal,
  JournalError,
  type RecordedCommand,
  type StoredEvent,
} from '../journal/journal.ts'
import type { Principal } from './principal.ts'
import { openWorkspaceStream, WORKSPACE_STREAM, type WorkspaceStream } from './workspace-stream.ts'

export const clock = { now: () => 5, after: () => () => {} }
export const ann: Principal = { userId: 'ann', name: 'Ann', groups: ['a'], admin: false, expiresAt: 9 }

/** The workspace's stream in memory, with the rules of the port; `fail` is thrown by the next append. */
export function memoryJournal() {
  const events: StoredEvent[] = []
  const cells = new Map<string, string>()
  const commands = new Map<string, RecordedCommand>()
  const keyOf = (userId: string, commandId: string) => `${userId} ${commandId}`
  let seq = 0
  const state = { appends: 0, fail: null as Error | null, keepsWhenFailing: false }
  const keep = ({ events: added, command, erase = [] }: Append) => {
    seq++
    for (const { event, body } of added) {
      events.push({ seq, event })
      if (event.cell !== undefined && body !== undefined) cells.set(event.cell, body)
    }
    for (const cell of erase) cells.delete(cell)
    if (command) commands.set(keyOf(command.userId, command.commandId), command)
  }
  const journal = {
    async append(stream: string, batch: Append) {
      expect(stream).toBe(WORKSPACE_STREAM)
      state.appends++
      const { fail } = state
      state.fail = null
      if (fail && state.keepsWhenFailing) keep(batch)
      if (fail) throw fail
      const { command } = batch
      if (command && commands.has(keyOf(command.userId, command.commandId)))
        throw new JournalError('COMMAND_REPEATED', 'recorded')
      if (batch.expectedSeq !== seq) throw new JournalError('CONFLICT', 'position')
      keep(batch)
      return seq
    },
    read: async (_stream: string, { after, limit }: { after: number; limit: number }) =>
      events.filter((event) => event.seq > after && event.seq <= after + limit),
    bodies: async (_stream: string, wanted: readonly string[]) =>
      new Map([...cells].filter(([cell]) => wanted.includes(cell))),
    command: async (_stream: string, userId: string, commandId: string) =>
      commands.get(keyOf(userId, commandId)) ?? null,
  } as unknown as Journal
  return { journal, state, cells, types: () => events.map(({ event }) => event.type) }
}

/** As another process opens it. */
export function open(journal: Journal): Promise<WorkspaceStream> {
  return openWorkspaceStream(journal, clock)
}
