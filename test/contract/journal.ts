import { afterEach, beforeEach, describe, it } from 'vitest'
import type { Journal } from '../../server/journal/journal.ts'
import { appendRules } from './journal-append-rules.ts'
import { contentRules } from './journal-content-rules.ts'
import { indexRules } from './journal-index-rules.ts'
import { ownerRules } from './journal-owner-rules.ts'
import { journalMatchesModel } from './journal-property.ts'
import { type JournalSubject, mark } from './journal-subject.ts'

/** A journal on a store of its own. */
export interface OpenedJournal {
  journal: Journal
  /** Closes the journal opened last and opens another one on the store. */
  reopen(): Promise<Journal>
  /** Closes the journal opened last and takes the store away. */
  stop(): Promise<void>
}

/** The rules of the port, run against every implementation. */
export function journalContract(name: string, open: () => Promise<OpenedJournal>): void {
  describe(name, () => {
    let opened: OpenedJournal
    let journal: Journal
    beforeEach(async () => {
      opened = await open()
      journal = opened.journal
    })
    afterEach(() => opened.stop())

    const subject: JournalSubject = {
      get journal() {
        return journal
      },
      async reopen() {
        journal = await opened.reopen()
      },
      async append(stream, batch = {}) {
        const { seq } = await journal.load(stream)
        return journal.append(stream, { expectedSeq: seq, events: [mark('noted')], ...batch })
      },
    }
    appendRules(subject)
    ownerRules(subject)
    contentRules(subject)
    indexRules(subject)

    it('[J36] any run of calls answers as the model does', async () => {
      await journalMatchesModel(async (again) => {
        if (again) await subject.reopen()
        return journal
      })
    })
  })
}
