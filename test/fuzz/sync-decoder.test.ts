import { createHash } from 'node:crypto'
import { CLOSE, SYNC } from '@colloquy/shared'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { inspectUpdate } from '../../server/sync/foreign-update.ts'
import {
  awareness,
  type Client,
  foreignUpdate,
  startHouse,
  sync,
  textOf,
} from '../../server/sync/house.fixture.ts'
import { readIncoming } from '../../server/sync/incoming.ts'

const bytes = fc.uint8Array({ maxLength: 300 })

/** Frames as clients send them, made from `state`; mutated they reach deeper than random bytes do. */
function seeds(state: Uint8Array): Uint8Array[] {
  return [
    sync(SYNC.step1, new Uint8Array([0])),
    sync(SYNC.step1, Y.encodeStateVectorFromUpdate(state)),
    sync(SYNC.step2, state),
    sync(SYNC.update, state),
    sync(SYNC.update, foreignUpdate()),
    sync(SYNC.update, mixedUpdate()),
    awareness([7, 1, { cursor: 1 }], [8, 1, null]),
    new Uint8Array([3]),
    new Uint8Array([2, 0, 1, 97]),
  ]
}

/** One of each kind of content that Yjs knows. */
function mixedUpdate(): Uint8Array {
  const doc = new Y.Doc()
  const map = doc.getMap<unknown>('map')
  map.set('any', { list: [1, 'two', null, 3n], bytes: new Uint8Array(3) })
  map.set('bytes', new Uint8Array([1, 2, 3]))
  map.set('doc', new Y.Doc())
  map.set('array', Y.Array.from([1, 2, 3]))
  map.delete('any')
  const text = doc.getText('text')
  text.insert(0, 'formatted', { bold: true })
  text.insertEmbed(2, { image: 'x' })
  text.delete(1, 4)
  return Y.encodeStateAsUpdate(doc)
}

interface Mutation {
  at: number
  put: Uint8Array
  cut: number
}

function mutated(frame: Uint8Array, mutations: readonly Mutation[]): Uint8Array {
  return mutations.reduce((now, { at, put, cut }) => {
    const start = now.length === 0 ? 0 : at % now.length
    return new Uint8Array([...now.subarray(0, start), ...put, ...now.subarray(start + cut)])
  }, frame)
}

const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({ at: fc.nat(2_000), put: fc.uint8Array({ maxLength: 6 }), cut: fc.nat(6) }),
  { maxLength: 4 },
)

/** The frame stays whole, so that what is mutated is decoded as an update. */
function mutatedUpdate([update, changes]: [Uint8Array, Mutation[]]): Uint8Array {
  return sync(SYNC.update, mutated(update, changes))
}

function frames(state: Uint8Array): fc.Arbitrary<Uint8Array | string> {
  const mutation = fc.tuple(fc.constantFrom(...seeds(state)), mutations)
  return fc.oneof(
    { weight: 6, arbitrary: mutation.map(([frame, changes]) => mutated(frame, changes)) },
    {
      weight: 6,
      arbitrary: fc.tuple(fc.constantFrom(state, mixedUpdate()), mutations).map(mutatedUpdate),
    },
    { weight: 3, arbitrary: bytes },
    {
      weight: 2,
      arbitrary: fc.tuple(fc.constantFrom(0, 1, 2), bytes).map(([kind, body]) => sync(kind, body)),
    },
    { weight: 1, arbitrary: fc.string() },
  )
}

function hashOf(doc: Y.Doc): string {
  return createHash('sha256').update(Y.encodeStateAsUpdate(doc)).digest('hex')
}

/** Sends the frames, and waits until the server has handled or refused them. */
async function attack(client: Client, attempts: readonly (Uint8Array | string)[]): Promise<void> {
  for (const attempt of attempts) client.send(attempt)
  client.ws.ping()
  await Promise.race([client.closed, new Promise((resolve) => client.ws.once('pong', resolve))])
}

function laneWithHistory(doc: Y.Doc): void {
  textOf(doc).insert(0, 'what everybody may read')
  textOf(doc).delete(5, 10)
  doc.getMap('map').set('key', { deep: [1, 2, 3] })
  doc.getMap('map').set('key', 'again')
}

describe('hostile frames', () => {
  it('[S3, S5] whatever a member sends to a lane: the server lives, others see nothing, the lane stays', async () => {
    const house = await startHouse()
    const { main } = house.session
    main.change(laneWithHistory)
    const reader = await house.connect(main.name, 'vic')
    await reader.synced()
    const before = hashOf(main.doc)
    await fc.assert(
      fc.asyncProperty(
        fc.array(frames(Y.encodeStateAsUpdate(main.doc)), { maxLength: 8 }),
        async (attempts) => {
          const heard = reader.frames.length
          const attacker = await house.connect(main.name, 'ben')
          await attack(attacker, attempts)
          attacker.ws.close()
          const code = await attacker.closed
          expect([1005, CLOSE.forbidden]).toContain(code)
          const noise = reader.frames.slice(heard).filter((frame) => frame[0] !== 1)
          expect(noise).toEqual([])
          expect(hashOf(main.doc)).toBe(before)
        },
      ),
      { numRuns: 1000 },
    )
    expect(house.warnings).toEqual([])
    expect(hashOf(reader.doc)).toBe(before)
    main.write('!')
    await reader.until(() => textOf(reader.doc).toString().endsWith('!'))
  })

  it('[B4] whatever a prompter sends to a board: the server lives and the board can still be used and loaded', async () => {
    const house = await startHouse()
    const { boardName } = house.session
    const draft = new Y.Doc()
    const map = new Y.Map<unknown>()
    map.set('owner', 'ann')
    map.set('text', new Y.Text('a draft'))
    draft.getMap('drafts').set('d1', map)
    const state = Y.encodeStateAsUpdate(draft)
    await fc.assert(
      fc.asyncProperty(fc.array(frames(state), { maxLength: 8 }), async (attempts) => {
        const attacker = await house.connect(boardName, 'ben')
        await attack(attacker, attempts)
        attacker.ws.close()
        expect([1005, CLOSE.forbidden, CLOSE.incarnation]).toContain(await attacker.closed)
        const reader = await house.connect(boardName, 'vic')
        await reader.synced()
        reader.ws.terminate()
      }),
      { numRuns: 1000 },
    )
  })

  it('[S5] nothing makes the decoders throw, hang or change a doc', () => {
    const doc = new Y.Doc()
    doc.transact(() => laneWithHistory(doc))
    const before = hashOf(doc)
    const state = Y.encodeStateAsUpdate(doc)
    const updates = fc.oneof(
      bytes,
      fc
        .tuple(fc.constantFrom(state, mixedUpdate(), foreignUpdate()), mutations)
        .map(([update, changes]) => mutated(update, changes)),
    )
    fc.assert(
      fc.property(updates, (update) => {
        const { kind } = inspectUpdate(doc, update)
        expect(hashOf(doc)).toBe(before)
        if (kind !== 'known') return
        const copy = new Y.Doc()
        Y.applyUpdate(copy, state)
        copy.on('update', () => expect.unreachable('it changed something'))
        try {
          Y.applyUpdate(copy, update)
        } catch {
          // Yjs trips over some updates that refer to their own future: what is known is never applied.
        }
      }),
      { numRuns: 20_000 },
    )
    fc.assert(
      fc.property(
        fc.oneof(
          bytes,
          fc.tuple(fc.constantFrom(...seeds(state)), mutations).map(([f, m]) => mutated(f, m)),
        ),
        (frame) => {
          expect(() => readIncoming(frame)).not.toThrow()
        },
      ),
      { numRuns: 20_000 },
    )
  })
})
