import { ROOT } from '@colloquy/shared/layout'
import * as Y from 'yjs'
import type { BoardDraft } from '../types/index.ts'
import { difference, rebase, type Splice } from './merge.ts'

/** The drafts of a board: `draftId` → Map `{ owner, text }`. */
export function draftsOf(doc: Y.Doc): Y.Map<unknown> {
  return doc.getMap(ROOT.drafts)
}

export function readDraft(doc: Y.Doc, draftId: string): BoardDraft | null {
  const draft = draftsOf(doc).get(draftId)
  if (!(draft instanceof Y.Map)) return null
  const owner: unknown = draft.get('owner')
  const text: unknown = draft.get('text')
  return typeof owner === 'string' && text instanceof Y.Text ? { draftId, owner, text } : null
}

/** By id, so that they keep their order whoever reads them. */
export function readDrafts(doc: Y.Doc): readonly BoardDraft[] {
  return [...draftsOf(doc).keys()].sort().flatMap((draftId) => readDraft(doc, draftId) ?? [])
}

export function writeDraft(doc: Y.Doc, draftId: string, owner: string, text = ''): void {
  const draft = new Y.Map<unknown>()
  draft.set('owner', owner)
  draft.set('text', new Y.Text(text))
  draftsOf(doc).set(draftId, draft)
}

/** Makes `text` read `after`, changing only what differs. */
export function replaceText(text: Y.Text, after: string): void {
  const change = difference(text.toString(), after)
  if (change) splice(text, [change])
}

/** Changes `text` as `mine` was changed from `base`, beside what others have written meanwhile. */
export function rebaseText(text: Y.Text, base: string, mine: string): void {
  const edit = difference(base, mine)
  if (edit && mine !== text.toString()) splice(text, rebase(base, [edit], text.toString()))
}

function splice(text: Y.Text, splices: readonly Splice[]): void {
  const apply = () => {
    for (const { at, length, insert } of splices) {
      if (length > 0) text.delete(at, length)
      if (insert !== '') text.insert(at, insert)
    }
  }
  if (text.doc) text.doc.transact(apply)
  else apply()
}

/**
 * Repeats on the board's new doc what was written here on the old one and had not reached the server, as seen
 * by `me`. `confirmed` is the old doc as the server was known to have it; it is made to hold everything.
 */
export function carryOver(old: { doc: Y.Doc; confirmed: Y.Doc }, next: Y.Doc, me: string): void {
  const before = new Map(readDrafts(old.confirmed).map(({ draftId, text }) => [draftId, text.toString()]))
  const edits = catchUp(old.confirmed, old.doc)
  next.transact(() => {
    for (const { draftId, owner, text } of readDrafts(old.confirmed)) {
      const base = before.get(draftId)
      const theirs = readDraft(next, draftId)?.text
      const changes = edits.get(text)
      if (base === undefined) {
        if (owner === me && !theirs) writeDraft(next, draftId, owner, text.toString())
      } else if (changes) {
        if (theirs) splice(theirs, rebase(base, changes, theirs.toString()))
        // Others' drafts that are gone were taken away by somebody.
        else if (owner === me) writeDraft(next, draftId, owner, text.toString())
      }
      before.delete(draftId)
    }
    // Taken away here: unless somebody has gone on writing it.
    for (const [draftId, base] of before) {
      if (readDraft(next, draftId)?.text.toString() === base) draftsOf(next).delete(draftId)
    }
  })
}

/** Brings `behind` up to `doc`. @returns what that changed in each text, counted from the text before */
function catchUp(behind: Y.Doc, doc: Y.Doc): Map<Y.Text, Splice[]> {
  const edits = new Map<Y.Text, Splice[]>()
  const watch = (events: Y.YEvent<Y.AbstractType<unknown>>[]) => {
    for (const event of events) if (event instanceof Y.YTextEvent) edits.set(event.target, splicesOf(event))
  }
  draftsOf(behind).observeDeep(watch)
  Y.applyUpdate(behind, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(behind)))
  draftsOf(behind).unobserveDeep(watch)
  return edits
}

function splicesOf({ delta }: Y.YTextEvent): Splice[] {
  const splices: Splice[] = []
  let at = 0
  for (const { retain, insert, delete: deleted } of delta) {
    if (retain !== undefined) at += retain
    if (typeof insert === 'string') splices.push({ at, length: 0, insert })
    if (deleted !== undefined) {
      splices.push({ at, length: deleted, insert: '' })
      at += deleted
    }
  }
  return splices
}
