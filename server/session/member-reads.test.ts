import { expect, it } from 'vitest'
import { principal } from '../../test/kit/people.ts'
import { OPEN_RIGHTS } from '../access/rights.ts'
import { JournalError } from '../journal/journal.ts'
import { MemberReads } from './member-reads.ts'
import { EMPTY } from './state.ts'

it('[LR50] a read of the journal that takes longer than this process may serve is not answered', async () => {
  const ana = { name: 'Ana', role: 'owner' as const }
  let held = true
  const memory = {
    ...{ sessionId: 's', state: { ...EMPTY, members: { ana } }, bodies: new Map(), position: 1 },
    check: () => undefined,
    settled: async () => {
      if (!held) throw new JournalError('FENCED', 'the lease ran out')
    },
  }
  const reads = new MemberReads({ memory, journal: {} as never, rights: OPEN_RIGHTS })
  expect(await reads.past(principal('ana'), async () => 'in time')).toBe('in time')
  const late = reads.past(principal('ana'), async () => {
    held = false
    return 'too late'
  })
  await expect(late).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' })
})
