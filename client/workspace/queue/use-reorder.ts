import type { QueueEntry } from '@colloquy/client'
import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { announce } from '../parts/announcer.tsx'

/** Where a dragged prompt would go: before this one of the person's own, or (null) after all of them. */
export interface Drop {
  dragged: string
  before: string | null
}

/** A person's own prompts keep the places that they have together in a lane, and change them among each other. */
export function useReorder(
  mine: readonly Pick<QueueEntry, 'promptId' | 'laneId'>[],
  move: (promptId: string, before: string | null) => void,
) {
  const [drop, setDrop] = useState<Drop | null>(null)
  const rows = useRef(new Map<string, HTMLElement>())

  /** The person's own prompts in the lane of this one; none where it is another's. */
  const among = (promptId: string): readonly string[] => {
    const lane = mine.find((each) => each.promptId === promptId)?.laneId
    return mine.filter(({ laneId }) => laneId === lane).map((each) => each.promptId)
  }

  const keep = (promptId: string) => (element: HTMLElement | null) => {
    if (element) rows.current.set(promptId, element)
    else rows.current.delete(promptId)
  }

  const beforeAt = (y: number, dragged: string): string | null =>
    among(dragged).find((id) => {
      if (id === dragged) return false
      const box = rows.current.get(id)?.getBoundingClientRect()
      return box !== undefined && y < box.top + box.height / 2
    }) ?? null

  const settle = (dragged: string, before: string | null) => {
    if (before === nextOf(among(dragged), dragged)) return
    move(dragged, before)
  }

  const handle = (promptId: string) => ({
    onPointerDown(event: PointerEvent<HTMLElement>) {
      if (event.button !== 0) return
      event.currentTarget.setPointerCapture(event.pointerId)
      setDrop({ dragged: promptId, before: nextOf(among(promptId), promptId) })
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (drop?.dragged === promptId)
        setDrop({ dragged: promptId, before: beforeAt(event.clientY, promptId) })
    },
    onPointerUp() {
      if (drop?.dragged === promptId) settle(promptId, drop.before)
      setDrop(null)
    },
    onPointerCancel: () => setDrop(null),
    onKeyDown(event: KeyboardEvent<HTMLElement>) {
      const own = among(promptId)
      const at = own.indexOf(promptId)
      const up = event.key === 'ArrowUp'
      if (!up && event.key !== 'ArrowDown') return
      event.preventDefault()
      const place = up ? at - 1 : at + 1
      if (place < 0 || place >= own.length) return
      settle(promptId, up ? (own[place] ?? null) : (own[place + 1] ?? null))
      announce(`Now ${place + 1} of ${own.length} of your prompts`)
    },
  })

  return { drop, among, keep, handle }
}

function nextOf(own: readonly string[], promptId: string): string | null {
  return own[own.indexOf(promptId) + 1] ?? null
}
