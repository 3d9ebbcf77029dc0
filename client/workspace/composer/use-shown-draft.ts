import type { Draft, SharedDraft } from '@colloquy/client/react'
import { useState, useSyncExternalStore } from 'react'

/** The draft in the composer: one's own, or another's that one has joined. */
export interface ShownDraft {
  text: string
  shared: SharedDraft | null
  clear(): void
  /** After a refusal. */
  giveBack(text: string): void
  join(draftId: string): void
  /** Back to writing alone. */
  leave(): Promise<void>
}

export function useShownDraft(own: Draft): ShownDraft {
  const [joined, setJoined] = useState<string | null>(null)
  const other = own.others.find(({ draftId }) => draftId === joined) ?? null
  const otherText = useSyncExternalStore(
    (changed) => other?.board.subscribe(changed) ?? (() => {}),
    () => other?.text.toString() ?? '',
  )
  const giveBack = (text: string) => own.setText(own.text === '' ? text : `${own.text}\n\n${text}`)
  if (!other) {
    const { text, shared, clear } = own
    return { text, shared, clear, giveBack, join: setJoined, leave: () => own.unshare() }
  }
  return {
    text: otherText,
    shared: other,
    clear() {
      setJoined(null)
      other.board.remove(other.draftId)
    },
    giveBack,
    join: setJoined,
    leave: async () => setJoined(null),
  }
}
