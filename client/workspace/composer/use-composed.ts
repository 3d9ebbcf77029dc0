import type { Audience } from '@colloquy/client'
import { useDraft } from '@colloquy/client/react'
import { EVERYONE } from '@colloquy/shared/audience'
import { useCallback, useLayoutEffect, useState } from 'react'
import { type Choice, choiceOf, keyOf } from '../audience/choice.ts'
import { useChosen } from '../audience/use-choice.ts'
import { useWho } from '../audience/use-who.ts'

/**
 * One's own draft for the readers that are chosen. Each audience has a draft of its own: what stands on the board of
 * one lane never appears on that of another.
 */
export function useComposed() {
  const chosen = useChosen()
  const { choice, choose } = chosen
  const { myId, nameOf } = useWho()
  const key = keyOf(choice)
  const own = useDraft(choice === EVERYONE ? 'main' : key)
  const [moved, setMoved] = useState<readonly { key: string; text: string }[]>([])
  const { giveBack } = own
  useLayoutEffect(() => {
    const mine = moved.filter((each) => each.key === key)
    if (mine.length === 0) return
    setMoved((all) => all.filter((each) => !mine.includes(each)))
    for (const { text } of mine) giveBack(text)
  }, [moved, key, giveBack])

  /** For other readers. What only stands in the field goes along, what others see stays where it is. */
  const change = (next: Choice) => {
    const goes = own.shared === null && own.text !== '' && keyOf(next) !== key
    if (goes) {
      setMoved((all) => [...all, { key: keyOf(next), text: own.text }])
      own.clear()
    }
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
  return { ...chosen, own, change, takeBack, turnTo }
}
