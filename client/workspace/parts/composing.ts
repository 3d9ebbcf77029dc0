import type { KeyboardEvent } from 'react'

/** True while a word is being composed: its Enter ends the word, not the text. */
export function isComposing({ nativeEvent, keyCode }: KeyboardEvent): boolean {
  // Safari ends a composition before its Enter arrives: then only the key code tells.
  return nativeEvent.isComposing || keyCode === 229
}
