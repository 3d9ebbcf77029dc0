import { expect, it } from 'vitest'
import { bytes, type JournalSubject } from './journal-subject.ts'

/** What stands beside the streams: labels, summaries, boards. */
export function indexRules(on: JournalSubject): void {
  it('[J33] a label stays on its stream until it is taken away', async () => {
    await on.append('s', { labels: { 'member:ann': true, 'member:bob': true } })
    await on.append('t', { labels: { 'member:ann': true } })
    await on.append('s', { labels: { 'member:bob': false, 'member:ann': true, never: false } })
    const streams = async (label: string) =>
      (await on.journal.labelled(label)).map(({ stream }) => stream).sort()
    expect(await streams('member:ann')).toEqual(['s', 't'])
    expect(await streams('member:bob')).toEqual([])
    expect(await streams('never')).toEqual([])
    await on.reopen()
    expect(await streams('member:ann')).toEqual(['s', 't'])
  })

  it('[J34] labelled gives the summary last appended, null before the first', async () => {
    await on.append('s', { labels: { l: true } })
    expect(await on.journal.labelled('l')).toEqual([{ stream: 's', summary: null }])
    await on.append('s', { summary: { title: 'one' } })
    await on.append('s', { summary: { title: 'two' } })
    await on.append('s')
    expect(await on.journal.labelled('l')).toEqual([{ stream: 's', summary: { title: 'two' } }])
  })

  it('[J35] a board holds the last bytes put, until it is dropped; no append knows of it', async () => {
    await on.journal.putBoard('s', 'b', bytes(1))
    await on.journal.putBoard('s', 'b', bytes(2))
    await on.journal.putBoard('t', 'b', bytes(3))
    await on.reopen()
    expect(await on.journal.board('s', 'b')).toEqual(bytes(2))
    await on.journal.dropBoard('s', 'b')
    await on.journal.dropBoard('s', 'b')
    expect(await on.journal.board('s', 'b')).toBeNull()
    expect(await on.journal.board('t', 'b')).toEqual(bytes(3))
    expect(await on.journal.load('s')).toEqual({ seq: 0, snapshot: null, events: [], docs: new Map() })
    expect((await on.journal.claim('s')).clean).toBe(true)
  })
}
