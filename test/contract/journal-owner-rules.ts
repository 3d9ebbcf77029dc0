import { expect, it } from 'vitest'
import type { Append } from '../../server/journal/journal.ts'
import { code, command, type JournalSubject, mark, said } from './journal-subject.ts'

/** Who may append: claims, releases, and commands that act once. */
export function ownerRules(on: JournalSubject): void {
  it('[J13] a later claim fences the earlier one', async () => {
    const first = await on.journal.claim('s')
    await on.journal.append('s', { expectedSeq: 0, epoch: first.epoch, events: [mark('a')] })
    const second = await on.journal.claim('s')
    expect(second.epoch).not.toBe(first.epoch)
    expect(second.seq).toBe(1)
    const { epoch } = first
    await expect(on.journal.append('s', { expectedSeq: 1, epoch, events: [] })).rejects.toEqual(
      code('FENCED'),
    )
    await expect(on.journal.snapshot('s', { expectedSeq: 1, epoch, state: 1, docs: [] })).rejects.toEqual(
      code('FENCED'),
    )
    await expect(on.journal.renew('s', epoch)).rejects.toEqual(code('FENCED'))
    await on.journal.renew('s', second.epoch)
    expect(await on.journal.append('s', { expectedSeq: 1, epoch: second.epoch, events: [] })).toBe(2)
  })

  it('[J14] a claim fences the appends called after it, also before it is answered', async () => {
    const { epoch } = await on.journal.claim('s')
    const claimed = on.journal.claim('s')
    await expect(on.journal.append('s', { expectedSeq: 0, epoch, events: [] })).rejects.toEqual(
      code('FENCED'),
    )
    await claimed
    expect((await on.journal.load('s')).seq).toBe(0)
  })

  it('[J15] a claimed stream takes no append without an epoch, an unclaimed one none with it', async () => {
    await expect(on.journal.append('s', { expectedSeq: 0, epoch: '1:x', events: [] })).rejects.toEqual(
      code('FENCED'),
    )
    await expect(on.journal.renew('s', '1:x')).rejects.toEqual(code('FENCED'))
    await on.journal.claim('s')
    await expect(on.journal.append('s', { expectedSeq: 0, events: [] })).rejects.toEqual(code('FENCED'))
    expect((await on.journal.load('s')).seq).toBe(0)
  })

  it('[J16] epochs count up, also across a reopen', async () => {
    const counter = (epoch: string) => Number(epoch.split(':')[0])
    const first = await on.journal.claim('s')
    expect(first.epoch).toMatch(/^1:./)
    await on.reopen()
    expect(counter((await on.journal.claim('s')).epoch)).toBe(2)
    expect(counter((await on.journal.claim('t')).epoch)).toBe(1)
  })

  it('[J17] a claim is clean when the stream was new or released, and only then', async () => {
    const first = await on.journal.claim('s')
    expect(first).toMatchObject({ seq: 0, clean: true })
    const second = await on.journal.claim('s')
    expect(second.clean).toBe(false)
    await on.journal.release('s', second.epoch)
    await on.reopen()
    const third = await on.journal.claim('s')
    expect(third.clean).toBe(true)
    await on.reopen()
    expect((await on.journal.claim('s')).clean).toBe(false)
  })

  it('[J18] releasing twice, or with a fenced or unknown epoch, does nothing', async () => {
    const first = await on.journal.claim('s')
    await on.journal.release('s', first.epoch)
    await on.journal.release('s', first.epoch)
    const second = await on.journal.claim('s')
    await on.journal.release('s', first.epoch)
    await on.journal.release('t', '1:x')
    await on.journal.append('s', { expectedSeq: 0, epoch: second.epoch, events: [] })
    expect((await on.journal.claim('s')).clean).toBe(false)
  })

  it('[J19] a release ends the epoch: whoever wants to write claims again', async () => {
    const { epoch } = await on.journal.claim('s')
    await on.journal.release('s', epoch)
    await expect(on.journal.append('s', { expectedSeq: 0, epoch, events: [] })).rejects.toEqual(
      code('FENCED'),
    )
    await expect(on.journal.append('s', { expectedSeq: 0, events: [] })).rejects.toEqual(code('FENCED'))
    await expect(on.journal.renew('s', epoch)).rejects.toEqual(code('FENCED'))
  })

  it('[J20] a command is recorded with its hash and result, and repeated nowhere', async () => {
    const given = command('k', 'h1', { promptId: 'p', list: [1, null] })
    await on.append('s', { events: [said('a')], command: given })
    const again: Append = { expectedSeq: 1, events: [said('b')], command: { ...given, hash: 'h2' } }
    await expect(on.journal.append('s', again)).rejects.toEqual(code('COMMAND_REPEATED'))
    expect(await on.journal.command('s', 'ann', 'k')).toEqual({
      hash: 'h1',
      result: { promptId: 'p', list: [1, null] },
    })
    expect((await on.journal.load('s')).seq).toBe(1)
  })

  it('[J21] a command is known by stream, person and id together', async () => {
    await on.append('s', { command: command('k') })
    await on.append('t', { command: command('k') })
    await on.append('s', { command: { ...command('k'), userId: 'bob' } })
    await on.append('s', { command: command('k2') })
    expect(await on.journal.command('s', 'eve', 'k')).toBeNull()
    expect(await on.journal.command('u', 'ann', 'k')).toBeNull()
  })

  it('[J22] a command stays recorded across a snapshot and a reopen', async () => {
    await on.append('s', { command: command('k', 'h') })
    await on.journal.snapshot('s', { expectedSeq: 1, state: {}, docs: [] })
    await on.reopen()
    expect(await on.journal.command('s', 'ann', 'k')).toEqual({ hash: 'h', result: { ok: true } })
    await expect(on.append('s', { command: command('k', 'h') })).rejects.toEqual(code('COMMAND_REPEATED'))
  })

  it('[J23] FENCED goes before COMMAND_REPEATED, and that before CONFLICT', async () => {
    const { epoch } = await on.journal.claim('s')
    await on.journal.append('s', { expectedSeq: 0, epoch, events: [], command: command('k') })
    const stale: Append = { expectedSeq: 9, epoch: '0:x', events: [], command: command('k') }
    await expect(on.journal.append('s', stale)).rejects.toEqual(code('FENCED'))
    await expect(on.journal.append('s', { ...stale, epoch })).rejects.toEqual(code('COMMAND_REPEATED'))
    const other: Append = { ...stale, epoch, command: command('k2') }
    await expect(on.journal.append('s', other)).rejects.toEqual(code('CONFLICT'))
    expect(await on.journal.command('s', 'ann', 'k2')).toBeNull()
  })
}
