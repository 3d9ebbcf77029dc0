import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { type AwarenessEntry, awarenessBody } from './house.fixture.ts'
import { Presence, type Speaker } from './presence.ts'

let connections = 0

function speaker(userId: string): Speaker {
  return { number: ++connections, userId, name: userId.toUpperCase(), clientIds: new Set(), silent: true }
}

/** What a stock client that hears everything believes; keyed by clientID. */
function listener(): { hear(bodies: Uint8Array[]): void; states: Map<number, Record<string, unknown>> } {
  const awareness = new Awareness(new Y.Doc())
  awareness.setLocalState(null)
  awareness.destroy()
  return {
    hear: (bodies) => {
      for (const body of bodies) applyAwarenessUpdate(awareness, body, 'server')
    },
    states: awareness.getStates() as Map<number, Record<string, unknown>>,
  }
}

function say(presence: Presence, who: Speaker, ...entries: AwarenessEntry[]): boolean {
  return presence.hear(who, awarenessBody(...entries))
}

describe('presence', () => {
  it('[P1] the server writes who a state is from, whatever the client claims', () => {
    const presence = new Presence()
    const reader = listener()
    say(presence, speaker('ann'), [7, 1, { cursor: 3, user: { id: 'ben', name: 'Ben' } }])
    reader.hear(presence.takeChanges())
    expect(reader.states.get(7)).toEqual({ cursor: 3, user: { id: 'ann', name: 'ANN' } })
  })

  it('[P2] a state of someone else is dropped without complaint, and so is its removal', () => {
    const presence = new Presence()
    const reader = listener()
    const [ann, ben] = [speaker('ann'), speaker('ben')]
    say(presence, ann, [7, 1, { at: 'home' }])
    expect(say(presence, ben, [8, 1, {}], [7, 5, { at: 'stolen' }])).toBe(true)
    expect(say(presence, ben, [7, 6, null])).toBe(true)
    reader.hear(presence.takeChanges())
    expect(reader.states.get(7)).toMatchObject({ at: 'home' })
    expect(reader.states.get(8)).toMatchObject({ user: { id: 'ben' } })
  })

  it('[P2] a clientID stays its first owner’s after that person has left', () => {
    const presence = new Presence()
    const ann = speaker('ann')
    say(presence, ann, [7, 1, {}])
    presence.leave(ann)
    presence.takeChanges()
    say(presence, speaker('ben'), [7, 9, { at: 'stolen' }])
    expect(presence.changed).toBe(false)
  })

  it('[P3] an older clock says nothing new', () => {
    const presence = new Presence()
    const ann = speaker('ann')
    say(presence, ann, [7, 5, { at: 'new' }])
    presence.takeChanges()
    say(presence, ann, [7, 4, { at: 'old' }])
    say(presence, ann, [7, 5, { at: 'same' }])
    expect(presence.changed).toBe(false)
  })

  it('[P4] who leaves is removed, and is told as removed only to those who may still believe in them', () => {
    const presence = new Presence()
    const reader = listener()
    const ann = speaker('ann')
    say(presence, ann, [7, 1, {}])
    reader.hear(presence.takeChanges())
    expect(reader.states.has(7)).toBe(true)
    presence.leave(ann)
    expect(presence.everything(false)).toEqual([])
    reader.hear(presence.everything(true))
    expect(reader.states.has(7)).toBe(false)
  })

  it('[P5] a person who is back on a new connection is not removed when the old one breaks off', () => {
    const presence = new Presence()
    const [old, back] = [speaker('ann'), speaker('ann')]
    say(presence, old, [7, 3, { at: 'here' }])
    say(presence, back, [7, 3, { at: 'here' }])
    presence.leave(old)
    presence.takeChanges()
    expect(presence.everything(false)).toHaveLength(1)
    presence.leave(back)
    expect(presence.everything(false)).toEqual([])
  })

  it('[P5] a person who is back after the old connection broke off is there at once for whoever comes', () => {
    const presence = new Presence()
    const reader = listener()
    const [old, back] = [speaker('ann'), speaker('ann')]
    say(presence, old, [7, 3, { at: 'here' }])
    presence.leave(old)
    say(presence, back, [7, 3, { at: 'here' }])
    reader.hear(presence.everything(false))
    expect(reader.states.get(7)).toMatchObject({ at: 'here' })
  })

  it('[P5] another tab of the same person does not speak for this one by repeating it', () => {
    const presence = new Presence()
    const [first, second] = [speaker('ann'), speaker('ann')]
    say(presence, first, [7, 1, {}])
    say(presence, second, [8, 1, {}])
    say(presence, second, [7, 1, {}], [8, 1, {}])
    presence.leave(second)
    expect(presence.everything(false)).toHaveLength(1)
    say(presence, first, [7, 2, { still: 'here' }])
    presence.leave(first)
    expect(presence.everything(false)).toEqual([])
  })

  it('[P6] a connection speaks for at most four clients', () => {
    const presence = new Presence()
    const reader = listener()
    const ann = speaker('ann')
    for (let id = 1; id <= 6; id++) say(presence, ann, [id, 1, {}])
    say(presence, speaker('ben'), ...[11, 12, 13, 14, 15, 16].map((id): AwarenessEntry => [id, 1, {}]))
    reader.hear(presence.takeChanges())
    expect([...reader.states.keys()].sort((a, b) => a - b)).toEqual([1, 2, 3, 4, 11, 12, 13, 14])
  })

  it('[P6] a state over 2 kB is dropped', () => {
    const presence = new Presence()
    expect(say(presence, speaker('ann'), [7, 1, { big: 'x'.repeat(2048) }])).toBe(true)
    expect(presence.changed).toBe(false)
  })

  it.each([
    ['no JSON', '{'],
    ['a list', '[]'],
    ['a number', '5'],
  ])('[P7] a state that is %s is refused as a whole', (_what, json) => {
    const presence = new Presence()
    expect(say(presence, speaker('ann'), [6, 1, {}], [7, 1, json])).toBe(false)
    expect(presence.changed).toBe(false)
  })

  it('[P8] changes between two frames are merged, and a frame never outgrows what a client may echo', () => {
    const presence = new Presence()
    const ann = speaker('ann')
    for (let clock = 1; clock <= 100; clock++) say(presence, ann, [7, clock, { clock }])
    const [body, ...rest] = presence.takeChanges()
    expect(rest).toEqual([])
    expect(body?.length).toBeLessThan(100)
    for (let i = 0; i < 500; i++) say(presence, speaker(`p${i}`), [1000 + i, 1, { x: 'y'.repeat(1900) }])
    for (const part of presence.takeChanges()) expect(part.length).toBeLessThan(256 * 1024)
  })

  it('[P9] what is remembered is bounded, and never a living state is what is forgotten', () => {
    const presence = new Presence()
    const ann = speaker('ann')
    say(presence, ann, [1, 1, {}])
    for (let i = 0; i < 20_000; i++) {
      const visitor = speaker(`p${i}`)
      say(presence, visitor, [100 + i, 1, {}])
      presence.leave(visitor)
      presence.takeChanges()
    }
    const kept = listener()
    kept.hear(presence.everything(false))
    expect([...kept.states.keys()]).toEqual([1])
    const count = presence.everything(true).reduce((bytes, body) => bytes + body.length, 0)
    expect(count).toBeLessThan(5_100 * 20)
  })

  it('[P1, P2] nobody is ever shown under a name that is not theirs, nor loses a clientID to another', () => {
    const people = ['ann', 'ben', 'cas']
    const act = fc.record({
      who: fc.nat(5),
      entries: fc.array(
        fc.tuple(fc.nat(6), fc.nat(4), fc.constantFrom<unknown>({}, { user: { id: 'ann' } }, null)),
        {
          maxLength: 4,
        },
      ),
      leaves: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const presence = new Presence()
        const seats = Array.from({ length: 6 }, (_, i) => speaker(people[i % 3] ?? 'ann'))
        const owners = new Map<number, unknown>()
        const reader = listener()
        for (const { who, entries, leaves } of acts) {
          const seat = seats[who]
          if (!seat) continue
          say(presence, seat, ...entries)
          if (leaves) {
            presence.leave(seat)
            seats[who] = speaker(seat.userId)
          }
          reader.hear(presence.takeChanges())
          for (const [clientId, state] of reader.states) {
            const { id } = state.user as { id: string }
            expect(owners.get(clientId) ?? id).toBe(id)
            owners.set(clientId, id)
          }
        }
      }),
    )
  })
})
