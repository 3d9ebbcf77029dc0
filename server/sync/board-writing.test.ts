import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { ManualClock } from '../../test/kit/clock.ts'
import { docOf, draft, drafts, join, read, until } from './board.fixture.ts'
import { FakeSession, startHouse } from './house.fixture.ts'
import type { SharedBoard } from './shared-board.ts'

/** A board that others write on too: what is written is heard once the store takes it. */
class Elsewhere implements SharedBoard {
  taking = true
  tries = 0
  readonly written: Uint8Array[] = []
  readonly #hearing = new Set<(update: Uint8Array, userId: string) => void>()

  follow(hear: (update: Uint8Array, userId: string) => void): () => void {
    this.#hearing.add(hear)
    return () => void this.#hearing.delete(hear)
  }

  async write(update: Uint8Array, userId: string): Promise<boolean> {
    this.tries++
    if (!this.taking) throw new Error('the store does not answer')
    this.written.push(update)
    for (const hear of this.#hearing) hear(update, userId)
    return true
  }

  async recent(): Promise<Uint8Array[]> {
    return this.written
  }

  /** The same board, where the store takes what is written. */
  open(): Pick<SharedBoard, 'follow' | 'write'> {
    return {
      follow: (hear) => this.follow(hear),
      write: (update, userId) => {
        this.taking = true
        const written = this.write(update, userId)
        this.taking = false
        return written
      },
    }
  }
}

describe('a board that people at several servers write', () => {
  async function start() {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const shared = new Elsewhere()
    house.session.place.shared = shared
    const [ann, ben] = [await join(house, 'ann'), await join(house, 'ben')]
    /** Time passes until the store was asked this often. */
    const tried = async (times: number) => {
      while (shared.tries < times) {
        clock.advance(100)
        await new Promise(setImmediate)
      }
    }
    return { clock, house, shared, ann, ben, tried }
  }

  it('[B11] what is written is on it once the store has it, which is told again until then', async () => {
    const { shared, ann, ben, tried } = await start()
    shared.taking = false
    draft(ben.doc, 'd1', 'ben', 'together')
    await tried(2)
    expect(read(ann.doc)).toEqual({})
    shared.taking = true
    await tried(3)
    await until(ann.doc, () => drafts(ann.doc).has('d1'))
    expect(shared.written).toHaveLength(1)
  })

  it('[B11] of somebody who was removed meanwhile nothing more is told', async () => {
    const { clock, house, shared, ann, ben, tried } = await start()
    shared.taking = false
    draft(ben.doc, 'd1', 'ben', 'too late')
    draft(ann.doc, 'd2', 'ann', 'in time')
    await tried(2)
    shared.taking = true
    house.session.roles.delete('ben')
    await tried(3)
    clock.advance(60_000)
    await new Promise(setImmediate)
    expect(shared.tries).toBe(3)
    expect(read(docOf(Y.mergeUpdates(shared.written)))).toEqual({ d2: { owner: 'ann', text: 'in time' } })
  })

  it('[B11] while the session is away it is kept, although nobody knows who may write', async () => {
    const { clock, house, shared, ann, ben, tried } = await start()
    shared.taking = false
    draft(ben.doc, 'd1', 'ben', 'together')
    await tried(1)
    house.rooms.suspend('s1')
    clock.advance(60_000)
    expect(shared.tries).toBe(1)
    ben.destroy()
    // The session that comes back has a way to the store of its own; the old one stays shut.
    const again = new FakeSession('s1', () => house.rooms)
    again.place.shared = { ...shared.open(), recent: async () => [] }
    house.rooms.resume(again)
    while (shared.written.length === 0) {
      clock.advance(100)
      await new Promise(setImmediate)
    }
    await until(ann.doc, () => drafts(ann.doc).has('d1'))
  })
})
