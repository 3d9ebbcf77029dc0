import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Awareness, applyAwarenessUpdate } from 'y-protocols/awareness'
import * as Y from 'yjs'
import { type AwarenessEntry, awarenessBody } from './house.fixture.ts'
import { Presence, type Said, type Speaker } from './presence.ts'

let connections = 0

function speaker(userId: string): Speaker {
  return { number: ++connections, userId, name: userId.toUpperCase(), clientIds: new Set(), silent: true }
}

/** The same room at one of several servers. */
class Place {
  readonly node: string
  readonly presence = new Presence(true)

  constructor(node: string) {
    this.node = node
  }

  say(who: Speaker, ...entries: AwarenessEntry[]): void {
    this.presence.hear(who, awarenessBody(...entries))
  }

  /** Tells the others what they have not been told; what is lost reaches nobody. */
  tell(others: readonly Place[], lost = false): Said[] {
    const said = this.presence.takeUntold()
    for (const other of others) {
      if (other !== this && !lost) other.presence.hearFrom(this.node, overTheWire(said))
    }
    return said
  }

  tellAll(others: readonly Place[]): void {
    const said = overTheWire(this.presence.ownClients())
    for (const other of others) if (other !== this) other.presence.hearFrom(this.node, said, true)
  }

  /** What somebody who comes now believes; by clientID. */
  get shown(): Record<number, unknown> {
    const awareness = new Awareness(new Y.Doc())
    awareness.setLocalState(null)
    awareness.destroy()
    for (const body of this.presence.everything(false)) applyAwarenessUpdate(awareness, body, 'server')
    return Object.fromEntries(awareness.getStates())
  }
}
const overTheWire = (said: readonly Said[]) => JSON.parse(JSON.stringify(said)) as Said[]

function places(...nodes: string[]): Place[] {
  return nodes.map((node) => new Place(node))
}

function two(): [Place, Place] {
  return [new Place('a'), new Place('b')]
}

describe('presence at several servers', () => {
  it('[P12] each shows who is at the others, under the names that their server knows', () => {
    const [a, b] = two()
    const [ann, ben] = [speaker('ann'), speaker('ben')]
    a.say(ann, [7, 1, { cursor: 3, user: { id: 'ben' } }])
    b.say(ben, [8, 1, {}])
    a.tell([b])
    b.tell([a])
    const everybody = {
      7: { cursor: 3, user: { id: 'ann', name: 'ANN' } },
      8: { user: { id: 'ben', name: 'BEN' } },
    }
    expect([a.shown, b.shown]).toEqual([everybody, everybody])
    expect(b.presence.people()).toEqual(expect.arrayContaining(a.presence.people()))
    a.presence.leave(ann)
    a.tell([b])
    expect(Object.keys(b.shown)).toEqual(['8'])
  })

  it('[P12] a server tells of its own clients alone, and of each change once', () => {
    const [a, b] = two()
    a.say(speaker('ann'), [7, 1, {}])
    a.say(speaker('ben'), [8, 1, {}])
    expect(a.tell([b]).map(({ clientId }) => clientId)).toEqual([7, 8])
    expect(a.tell([b])).toEqual([])
    expect(b.tell([a])).toEqual([])
    expect(b.presence.ownClients()).toEqual([])
    expect(a.presence.ownClients().map(({ userId }) => userId)).toEqual(['ann', 'ben'])
  })

  it('[P12] as large a state as a client may have is shown at the others too', () => {
    const [a, b] = two()
    const text = 'x'.repeat(2048 - JSON.stringify({ text: '' }).length)
    a.say(speaker('ann'), [7, 1, { text }])
    a.tell([b])
    expect(b.shown).toEqual({ 7: { text, user: { id: 'ann', name: 'ANN' } } })
  })

  it('[P12] one server alone keeps nothing to tell', () => {
    const alone = new Presence()
    alone.hear(speaker('ann'), awarenessBody([7, 1, {}]))
    expect(alone.takeUntold()).toEqual([])
  })

  it('[P13] a clientID stays its first person’s, wherever another takes it', () => {
    const [a, b] = two()
    const ann = speaker('ann')
    a.say(ann, [7, 1, { at: 'home' }])
    a.tell([b])
    b.say(speaker('ben'), [7, 9, { at: 'stolen' }])
    expect(b.tell([a])).toEqual([])
    expect(b.shown).toMatchObject({ 7: { at: 'home', user: { id: 'ann' } } })
    a.presence.leave(ann)
    a.tell([b])
    b.say(speaker('ben'), [7, 9, { at: 'stolen' }])
    expect(b.shown).toEqual({})
  })

  it('[P13] what another server says of a clientID that somebody has here is not taken', () => {
    const [a, b] = two()
    a.say(speaker('ann'), [7, 1, {}])
    b.say(speaker('ben'), [7, 5, {}])
    b.tell([a])
    expect(a.shown).toEqual({ 7: { user: { id: 'ann', name: 'ANN' } } })
  })

  it.each([
    ['before', (a: Place, b: Place, end: () => void) => [end(), a.tell([b]), b.tell([a])]],
    ['after', (a: Place, b: Place, end: () => void) => [b.tell([a]), end(), a.tell([b])]],
    ['unheard of', (a: Place, b: Place, end: () => void) => [end(), b.tell([a]), a.tell([b])]],
  ])(
    '[P14] a client that comes back at another server is there, its first connection ending %s',
    (_when, told) => {
      const [a, b] = two()
      const [first, back] = [speaker('ann'), speaker('ann')]
      a.say(first, [7, 3, { at: 'here' }])
      a.tell([b])
      b.say(back, [7, 3, { at: 'here' }])
      told(a, b, () => a.presence.leave(first))
      expect(Object.keys(a.shown)).toEqual(['7'])
      expect(Object.keys(b.shown)).toEqual(['7'])
      expect(a.presence.ownClients()).toEqual([])
      b.presence.leave(back)
      b.tell([a])
      expect([a.shown, b.shown]).toEqual([{}, {}])
    },
  )

  it('[P15] with a server that is gone its people are, and nobody else; what it says when it is back counts', () => {
    const [a, b, c] = places('a', 'b', 'c') as [Place, Place, Place]
    a.say(speaker('ann'), [1, 1, {}])
    a.say(speaker('ann'), [2, 1, {}])
    b.say(speaker('ben'), [3, 1, {}])
    c.say(speaker('cas'), [4, 1, {}])
    for (const each of [a, b]) each.tell([c])
    c.presence.lose('a')
    expect(Object.keys(c.shown)).toEqual(['3', '4'])
    expect(c.presence.changed).toBe(true)
    expect(c.tell([]).map(({ clientId }) => clientId)).toEqual([4])
    a.tellAll([c])
    expect(Object.keys(c.shown)).toEqual(['1', '2', '3', '4'])
  })

  it('[P15] that somebody left may get lost: it shows when their server next says who is there', () => {
    const [a, b] = two()
    const [ann, ben] = [speaker('ann'), speaker('ben')]
    a.say(ann, [1, 1, {}])
    a.say(ben, [2, 1, {}])
    a.tell([b])
    a.presence.leave(ann)
    a.tell([b], true)
    expect(Object.keys(b.shown)).toEqual(['1', '2'])
    b.presence.takeChanges()
    a.tellAll([b])
    expect(Object.keys(b.shown)).toEqual(['2'])
    expect(b.presence.changed).toBe(true)
  })

  it('[P9] what is remembered of people at other servers is bounded', () => {
    const [a, b] = two()
    for (let i = 0; i < 20_000; i++) {
      const visitor = speaker(`p${i}`)
      a.say(visitor, [100 + i, 1, {}])
      a.tell([b])
      a.presence.leave(visitor)
      a.tell([b])
      a.presence.takeChanges()
      b.presence.takeChanges()
    }
    const bytes = b.presence.everything(true).reduce((sum, body) => sum + body.length, 0)
    expect(bytes).toBeLessThan(5_100 * 20)
    expect(b.presence.everything(false)).toEqual([])
  })

  it('[P12, P14, P15] whatever people do and whatever gets lost, all come to show the same', () => {
    const act = fc.oneof(
      fc.record({ do: fc.constant('come' as const), client: fc.nat(5), at: fc.nat(2) }),
      fc.record({
        do: fc.constant('say' as const),
        client: fc.nat(5),
        json: fc.constantFrom({}, { x: 1 }, null),
      }),
      fc.record({ do: fc.constant('end' as const), which: fc.nat(30) }),
      fc.record({ do: fc.constant('tell' as const), at: fc.nat(2), lost: fc.boolean() }),
      fc.record({ do: fc.constant('lose' as const), at: fc.nat(2), node: fc.constantFrom('a', 'b', 'c') }),
    )
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const all = places('a', 'b', 'c')
        const clients = Array.from({ length: 6 }, (_, id) => ({ id, clock: 1, seat: null as Seat | null }))
        const open: Seat[] = []
        for (const each of acts) {
          const client = 'client' in each ? clients[each.client] : undefined
          const place = 'at' in each ? all[each.at] : undefined
          if (each.do === 'come' && client && place) {
            // Its last connection may not have ended yet.
            client.seat = { place, who: speaker(`p${client.id % 3}`) }
            open.push(client.seat)
            place.say(client.seat.who, [client.id, client.clock, {}])
          } else if (each.do === 'say' && client?.seat) {
            client.seat.place.say(client.seat.who, [client.id, ++client.clock, each.json])
          } else if (each.do === 'end') {
            const [seat] = open.splice(each.which, 1)
            seat?.place.presence.leave(seat.who)
            for (const known of clients) if (known.seat === seat) known.seat = null
          } else if (each.do === 'tell') place?.tell(all, each.lost)
          else if (each.do === 'lose' && place && place.node !== each.node) place.presence.lose(each.node)
        }
        // A connection that a client has left behind ends some time.
        const left = open.filter((seat) => clients.every((client) => client.seat !== seat))
        for (const { place, who } of left) place.presence.leave(who)
        for (const place of all) place.tell(all)
        for (let round = 0; round < 2; round++) for (const place of all) place.tellAll(all)
        const [first, ...rest] = all.map(({ shown }) => shown)
        for (const shown of rest) expect(shown).toEqual(first)
      }),
      { numRuns: 300 },
    )
  })
})

interface Seat {
  place: Place
  who: Speaker
}
