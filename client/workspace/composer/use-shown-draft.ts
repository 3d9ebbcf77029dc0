import type { Draft, SharedDraft } from '@colloquy/client/react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { tellRefusal } from '../parts/toasts.tsx'

/** The draft in the composer: one's own, or another's that one has joined. */
export interface ShownDraft {
  text: string
  sharedId: string | null
  shared: SharedDraft | null
  setText(text: string): void
  clear(): void
  join(draftId: string): void
  /** Back to writing alone. */
  leave(): Promise<void>
}

/** `place`: whose readers it is for. Elsewhere one begins with one's own, and no word of another place is there. */
export function useShownDraft(own: Draft, place: string): ShownDraft {
  const [last, setJoined] = useState<string | null>(null)
  const [joinedAt, setJoinedAt] = useState(place)
  const joined = joinedAt === place ? last : null
  if (joinedAt !== place) {
    setJoinedAt(place)
    setJoined(null)
  }
  const other = own.others.find(({ draftId }) => draftId === joined) ?? null
  const otherText = useSyncExternalStore(
    (changed) => other?.board.subscribe(changed) ?? (() => {}),
    () => other?.text.toString() ?? '',
  )
  const words = useRef({ place, text: '' })
  useEffect(() => {
    if (other) words.current = { place, text: otherText }
    // Sent or taken away by others: those words are not this person's to go on with.
    else if (!own.error || words.current.place !== place) words.current = { place, text: '' }
  }, [other, otherText, own.error, place])
  // biome-ignore lint/correctness/useExhaustiveDependencies: told once for each time that the board is lost
  useEffect(() => {
    if (own.error?.code !== 'BOARD_FULL') return
    tellRefusal(own.error)
    // What was written in another's draft is no longer there: it goes on as one's own.
    if (joined !== null && words.current.text !== '') own.giveBack(words.current.text)
    setJoined(null)
  }, [own.error])
  if (!other) {
    const { text, sharedId, shared, setText, clear } = own
    return { text, sharedId, shared, setText, clear, join: setJoined, leave: () => own.unshare() }
  }
  return {
    text: otherText,
    sharedId: other.draftId,
    shared: other,
    // Of another's draft nothing is rewritten as a whole.
    setText: own.giveBack,
    clear() {
      setJoined(null)
      other.board.remove(other.draftId)
    },
    join: setJoined,
    leave: async () => setJoined(null),
  }
}
