import type { Audience } from '@colloquy/client'
import { type Draft, useDraft } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { useCallback, useLayoutEffect, useRef, useState } from 'react'
import { type Choice, choiceOf, keyOf } from '../audience/choice.ts'
import { useChosen } from '../audience/use-choice.ts'
import { useWho } from '../audience/use-who.ts'

/** On its way to the draft of other readers; `from` has it until they are chosen. */
interface Moved {
  key: string
  text: string
  from?: Draft
}

export type Composed = ReturnType<typeof useComposed>

/**
 * One's own draft for the readers that are chosen. Each audience has a draft of its own: what stands on the board of
 * one lane never appears on that of another. It stays there, and is there again once they are chosen again.
 */
export function useComposed() {
  const chosen = useChosen()
  const { choice, choose, laneId } = chosen
  const { myId, nameOf } = useWho()
  const key = keyOf(choice)
  // Alone there is nobody to write with.
  const boardId = choice.length === 0 ? null : (laneId ?? null)
  const own = useDraft(choice === EVERYONE ? 'main' : key, boardId)
  const [moved, setMoved] = useState<readonly Moved[]>([])
  /** Where the text that goes along was begun: choosing passes by other readers. */
  const begun = useRef<{ text: string; draft: Draft } | null>(null)
  const { giveBack, sharedId } = own
  useLayoutEffect(() => {
    const mine = moved.filter((each) => each.key === key)
    if (mine.length === 0) return
    setMoved((all) => all.filter((each) => !mine.includes(each)))
    for (const { text, from } of mine) {
      const home = begun.current?.text === text ? begun.current : from && { text, draft: from }
      from?.clear()
      // Others would see at once what its author has shown to nobody.
      const stays = home && from && sharedId !== null
      if (stays) home.draft.giveBack(text)
      else giveBack(text)
      begun.current = (!stays && home) || null
    }
  }, [moved, key, giveBack, sharedId])

  /**
   * For other readers. What only stands in the field goes along, unless something stands on their board already; what
   * others see stays where it is.
   */
  const change = (next: Choice) => {
    const goes = own.sharedId === null && own.text !== '' && keyOf(next) !== key
    if (goes) setMoved((all) => [...all, { key: keyOf(next), text: own.text, from: own }])
    choose(next)
  }
  /** A text that comes back, for those it was meant for. */
  const takeBack = useCallback(
    (text: string, audience?: Audience) => {
      if (audience === undefined) return giveBack(text)
      const meant = choiceOf(audience, myId, nameOf)
      setMoved((all) => [...all, { key: keyOf(meant), text }])
      choose(meant)
    },
    [giveBack, myId, nameOf, choose],
  )
  /** To the readers of something that was said. */
  const turnTo = (audience: Audience) => change(choiceOf(audience, myId, nameOf))
  return { ...chosen, myId, key, boardId, own, change, takeBack, turnTo }
}
