import { type ComponentType, createContext, use } from 'react'

/** Parts of a session's screen that an app may replace by its own. */
export interface Slots {
  /** What stands above the transcript. */
  Header?: ComponentType
  /** What a session without a word says; `onPick` writes into the composer. */
  Empty?: ComponentType<{ onPick: (text: string) => void }>
  /** Somebody's words, as Markdown; they still grow while `streaming`. */
  Text?: ComponentType<{ text: string; streaming?: boolean }>
}

const NONE: Slots = {}
export const SlotsContext = createContext<Slots>(NONE)

export function useSlots(): Slots {
  return use(SlotsContext)
}
