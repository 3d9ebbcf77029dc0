import { MemoryJournal, MemoryStore } from '../kit/memory-journal.ts'
import { journalContract } from './journal.ts'

journalContract('Journal in memory', async () => {
  const store = new MemoryStore()
  let current = new MemoryJournal(store)
  return {
    journal: current,
    async reopen() {
      await current.close()
      current = new MemoryJournal(store)
      return current
    },
    stop: () => current.close(),
  }
})
