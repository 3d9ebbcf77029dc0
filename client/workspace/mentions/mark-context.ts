import { createContext, type ReactNode, use } from 'react'

/** Draws a text of the transcript with its mentions marked; the same object while nobody comes, goes or is renamed. */
export interface Marker {
  draw(text: string): ReactNode
}

export const MarkerContext = createContext<Marker | null>(null)

/** A text in which somebody may be mentioned. */
export function Marked({ children }: { children: string }): ReactNode {
  return use(MarkerContext)?.draw(children) ?? children
}
