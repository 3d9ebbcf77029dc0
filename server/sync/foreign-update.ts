import * as Y from 'yjs'

/**
 * What an update from outside holds, compared with a doc.
 * - `known`: nothing that the doc lacks; stock clients send such updates when they repeat what they heard.
 * - `new`: a struct or a delete that the doc lacks.
 * - `garbage`: it does not decode, or its clocks are beyond any that can come about.
 */
export type Verdict =
  | { kind: 'known' }
  | { kind: 'new'; structs: readonly Y.AbstractStruct[] }
  | { kind: 'garbage' }

/** Yjs counts in doubles: clocks that grow past what varints carry make a doc that no client can load. */
const MAX_CLOCK = 2 ** 31

const KNOWN: Verdict = { kind: 'known' }
const GARBAGE: Verdict = { kind: 'garbage' }

/** Compares without applying anything: neither doc nor update change. */
export function inspectUpdate(doc: Y.Doc, update: Uint8Array): Verdict {
  try {
    // Unlike `applyUpdate`, this never allocates by a count that the update merely claims.
    const { structs, ds } = Y.decodeUpdate(update)
    if (structs.some((struct) => end(struct) > MAX_CLOCK)) return GARBAGE
    const content = structs.filter((struct) => !(struct instanceof Y.Skip))
    const lacking = content.some((struct) => end(struct) > Y.getState(doc.store, struct.id.client))
    return lacking || holdsNewDelete(doc, ds.clients) ? { kind: 'new', structs: content } : KNOWN
  } catch {
    return GARBAGE
  }
}

type Ranges = readonly { clock: number; len: number }[]

function holdsNewDelete(doc: Y.Doc, deletes: ReadonlyMap<number, Ranges>): boolean {
  for (const [client, ranges] of deletes) {
    const structs = doc.store.clients.get(client) ?? []
    if (holdsNewRange(structs, Y.getState(doc.store, client), ranges)) return true
  }
  return false
}

/** Each struct is looked at once, however often the ranges overlap. */
function holdsNewRange(structs: (Y.Item | Y.GC)[], state: number, ranges: Ranges): boolean {
  let checked = 0
  for (const { clock, len } of [...ranges].sort((a, b) => a.clock - b.clock)) {
    const from = Math.max(clock, checked)
    const to = clock + len
    if (to <= from) continue
    if (to > state) return true
    for (let i = Y.findIndexSS(structs, from); i < structs.length; i++) {
      const struct = structs[i]
      if (!struct || struct.id.clock >= to) break
      if (!struct.deleted) return true
    }
    checked = to
  }
  return false
}

function end(struct: Y.AbstractStruct): number {
  return struct.id.clock + struct.length
}
