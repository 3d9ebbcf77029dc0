import type { EditorState } from '@codemirror/state'
import { ySyncFacet } from 'y-codemirror.next'

/** A place in the shared text that stays where it is while others write before it; plain JSON. */
export function relativeOf(state: EditorState, index: number): unknown {
  return JSON.parse(JSON.stringify(state.facet(ySyncFacet).toYPos(index)))
}

/** Null where the place is in another draft, or is none at all: other clients may write anything there. */
export function indexOf(state: EditorState, relative: unknown): number | null {
  if (typeof relative !== 'object' || relative === null) return null
  try {
    return Math.min(state.facet(ySyncFacet).fromYPos(relative).pos, state.doc.length)
  } catch {
    return null
  }
}
