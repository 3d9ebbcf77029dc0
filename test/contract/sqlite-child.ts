import { type Journal, JournalError } from '../../server/journal/journal.ts'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'

// A process of its own on a data folder: `sqlite-child.ts <folder> <job>`, spoken to over IPC.

/** What the child tells its parent. */
export type ChildMessage =
  | { opened: true }
  | { refused: string }
  /** An append of `stream` was acknowledged at position `seq`. */
  | { stream: string; seq: number }

const tell = (message: ChildMessage) => process.send?.(message)
const codeOf = (error: unknown) => (error instanceof JournalError ? error.code : String(error))

/** Appends without end; what each append wrote can be told from its position alone. */
async function writeForEver(journal: Journal, stream: string): Promise<void> {
  const { epoch, seq: start } = await journal.claim(stream)
  for (let seq = start + 1; ; seq++) {
    await journal.append(stream, {
      expectedSeq: seq - 1,
      epoch,
      events: [
        { event: { type: 'first', at: seq, cell: `a${seq}` }, body: `a of ${seq}` },
        { event: { type: 'second', at: seq, cell: `b${seq}` }, body: `b of ${seq}`.repeat(200) },
      ],
      updates: [{ doc: 'd', update: Uint8Array.of(seq % 256) }],
      command: { userId: 'ann', commandId: `k${seq}`, hash: `${seq}`, result: seq },
    })
    tell({ stream, seq })
  }
}

/** Appends what never fits, then small texts until the store refuses, then one more when the parent says so. */
async function fill(journal: Journal): Promise<void> {
  let seq = 0
  const append = async (length: number) => {
    const event = { type: 'filled', at: seq, cell: `c${seq}` }
    seq = await journal.append('s', { expectedSeq: seq, events: [{ event, body: `${seq}`.padEnd(length) }] })
    tell({ stream: 's', seq })
  }
  const tellRefusal = (error: unknown) => tell({ refused: codeOf(error) })
  // More than SQLite's page cache holds: this fails in the middle of the transaction, not at its commit.
  await append(20_000_000).catch(tellRefusal)
  try {
    for (;;) await append(5000)
  } catch (error) {
    tellRefusal(error)
  }
  process.once('message', () => {
    append(5000)
      .then(() => journal.close())
      .catch(tellRefusal)
      .finally(() => process.disconnect())
  })
}

const [, , folder = '', job] = process.argv
try {
  const journal = await openSqliteJournal({ folder })
  tell({ opened: true })
  if (job === 'write') for (const stream of ['s0', 's1', 's2', 's3']) void writeForEver(journal, stream)
  if (job === 'fill') await fill(journal)
} catch (error) {
  tell({ refused: codeOf(error) })
  process.disconnect()
}
