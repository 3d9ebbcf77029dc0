import { ROOT } from '@colloquy/shared'
import * as Y from 'yjs'

const MAX_OWNER = 200

/** The drafts of a board: `draftId` → Map `{ owner, text }`. */
export function draftsOf(board: Y.Doc): Y.Map<unknown> {
  return board.getMap(ROOT.drafts)
}

/** A board that holds the same drafts and none of the history; what is not a draft is left behind. */
export function rebuildBoard(board: Y.Doc): Uint8Array {
  const fresh = new Y.Doc()
  const drafts = draftsOf(fresh)
  fresh.transact(() => {
    for (const [draftId, draft] of draftsOf(board)) {
      if (!(draft instanceof Y.Map)) continue
      const owner: unknown = draft.get('owner')
      const text: unknown = draft.get('text')
      if (typeof owner !== 'string' || owner.length > MAX_OWNER || !(text instanceof Y.Text)) continue
      const copy = new Y.Map<unknown>()
      copy.set('owner', owner)
      copy.set('text', new Y.Text(text.toString()))
      drafts.set(draftId, copy)
    }
  })
  const state = Y.encodeStateAsUpdate(fresh)
  fresh.destroy()
  return state
}

/** Content that drafts are made of, by Yjs' numbers: deleted, string, type, any. */
const CONTENT = new Set([1, 4, 7, 8])
/** The one root of a board is `drafts`: others would grow unseen, as Yjs never forgets a root's name. */
const fits = (struct: Y.Item) =>
  CONTENT.has(struct.content.getRef()) &&
  (typeof struct.parent !== 'string' || struct.parent === ROOT.drafts) &&
  (!(struct.content instanceof Y.ContentAny) ||
    struct.content.arr.every((value) => typeof value !== 'object' || value === null))

/**
 * True when every struct can be part of a draft. Subdocuments, formats, embedded and nested values have no
 * place on a board and could be made to cost its readers dearly.
 */
export function fitsBoard(structs: readonly Y.AbstractStruct[]): boolean {
  return structs.every((struct) => !(struct instanceof Y.Item) || fits(struct))
}
