import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { inspectUpdate } from './foreign-update.ts'

function edited(): Y.Doc {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'hello world')
  doc.getMap('map').set('key', { deep: [1, 2] })
  doc.getText('text').delete(2, 5)
  doc.getMap('map').set('key', 'again')
  return doc
}

function copyOf(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return copy
}

/** Only what the last change of a copy adds. */
function changeOf(doc: Y.Doc, change: (copy: Y.Doc) => void): Uint8Array {
  const copy = copyOf(doc)
  const before = Y.encodeStateVector(copy)
  change(copy)
  return Y.encodeStateAsUpdate(copy, before)
}

describe('what an update holds', () => {
  it('[S4] the full state, any difference within it and an empty update are known', () => {
    const doc = edited()
    expect(inspectUpdate(doc, Y.encodeStateAsUpdate(doc)).kind).toBe('known')
    expect(inspectUpdate(doc, new Uint8Array([0, 0])).kind).toBe('known')
    const copy = copyOf(doc)
    expect(inspectUpdate(doc, Y.encodeStateAsUpdate(copy, Y.encodeStateVector(copy))).kind).toBe('known')
  })

  it('[S3] a struct or a delete that the doc lacks is new', () => {
    const doc = edited()
    const inserts = (copy: Y.Doc) => copy.getText('text').insert(0, 'x')
    const deletes = (copy: Y.Doc) => copy.getText('text').delete(1, 1)
    expect(inspectUpdate(doc, changeOf(doc, inserts)).kind).toBe('new')
    expect(inspectUpdate(doc, changeOf(doc, deletes)).kind).toBe('new')
  })

  it('[S3] structs that would only wait for others, and deletes of what is not there yet, are new', () => {
    const other = new Y.Doc()
    other.getText('text').insert(0, 'a')
    const before = Y.encodeStateVector(other)
    other.getText('text').insert(1, 'b')
    expect(inspectUpdate(new Y.Doc(), Y.encodeStateAsUpdate(other, before)).kind).toBe('new')
    // No structs; one client 5 with a delete of clocks 0 to 2.
    expect(inspectUpdate(new Y.Doc(), new Uint8Array([0, 1, 5, 1, 0, 3])).kind).toBe('new')
  })

  it('[S5] clocks beyond any that can come about are garbage', () => {
    // One client with one GC struct of length 2^49.
    const update = new Uint8Array([1, 1, 5, 0, 0, 128, 128, 128, 128, 128, 128, 128, 1, 0])
    expect(inspectUpdate(new Y.Doc(), update).kind).toBe('garbage')
  })

  it('[S5] counts that are merely claimed cost nothing', () => {
    const claim = [255, 255, 255, 255, 15]
    for (const update of [claim, [1, ...claim], [1, ...claim, 5, 0], [0, ...claim], [0, 1, 5, ...claim]]) {
      const started = performance.now()
      expect(inspectUpdate(new Y.Doc(), new Uint8Array(update)).kind).toBe('garbage')
      expect(performance.now() - started).toBeLessThan(500)
    }
  })

  it('[S5] values nested without end are garbage, not a crash', () => {
    // One client, one struct: an Any in root "a" that is a list of a list of a list …
    const head = [1, 1, 5, 0, 8, 1, 1, 97, 1]
    const nested = new Array(100_000).fill([117, 1]).flat()
    expect(inspectUpdate(new Y.Doc(), new Uint8Array([...head, ...nested])).kind).toBe('garbage')
  })

  it('[S3, S4] agrees with Yjs: an update is known exactly when applying it changes nothing', () => {
    const edit = fc.record({
      on: fc.nat(2),
      insert: fc.boolean(),
      at: fc.nat(20),
      length: fc.integer({ min: 1, max: 4 }),
    })
    fc.assert(
      fc.property(fc.array(edit, { maxLength: 30 }), fc.nat(30), (edits, cut) => {
        const docs = [new Y.Doc(), new Y.Doc(), new Y.Doc()]
        const apply = ({ on, insert, at, length }: (typeof edits)[number]) => {
          const text = docs[on]?.getText('text')
          if (!text) return
          const start = Math.min(at, text.length)
          if (insert) text.insert(start, 'abcd'.slice(0, length))
          else text.delete(start, Math.min(length, text.length - start))
        }
        const meet = () => {
          for (const from of docs) for (const to of docs) Y.applyUpdate(to, Y.encodeStateAsUpdate(from))
        }
        edits.slice(0, cut).forEach(apply)
        meet()
        edits.slice(cut).forEach(apply)
        const [one, two] = docs
        if (!one || !two) return
        const update = Y.encodeStateAsUpdate(two)
        const before = Y.encodeStateAsUpdate(one)
        const { kind } = inspectUpdate(one, update)
        expect(Y.encodeStateAsUpdate(one)).toEqual(before)
        const copy = copyOf(one)
        let changed = false
        copy.on('update', () => {
          changed = true
        })
        Y.applyUpdate(copy, update)
        expect(kind).toBe(changed ? 'new' : 'known')
      }),
    )
  })
})
