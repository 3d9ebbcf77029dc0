import type { Audience, QueueEntry } from '@colloquy/client'
import { useQueue } from '@colloquy/client/react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { codeOf, sentenceFor } from '../parts/refusals.ts'
import { toast } from '../parts/toasts.tsx'

interface Editing {
  promptId: string
  text: string
  audience: Audience
  before: string
  /** Under way to the server. */
  saving: boolean
}

/**
 * The prompt whose text is being changed in the queue. When it starts to run meanwhile, or the change is refused,
 * what was written goes into the composer: nothing is lost.
 */
export function useEditing(
  entries: readonly QueueEntry[],
  onTakeBack: (text: string, audience: Audience, focus: boolean) => void,
  onDone: () => void,
) {
  const { edit } = useQueue()
  const [editing, setEditing] = useState<Editing | null>(null)
  const latest = useRef(editing)
  useLayoutEffect(() => {
    latest.current = editing
  }, [editing])
  const here = editing === null || entries.some(({ promptId }) => promptId === editing.promptId)

  const rescue = ({ text, audience }: Editing, why: string) => {
    toast(`${why} Your change is in the composer.`)
    // Whoever is at another row by then stays there.
    onTakeBack(text.trim(), audience, latest.current === null)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only that it has gone counts
  useEffect(() => {
    if (here || !editing) return
    latest.current = null
    setEditing(null)
    // A refusal of what is being saved tells by itself.
    if (editing.saving) return
    if (isChanged(editing)) rescue(editing, sentenceFor('PROMPT_NOT_PENDING'))
    else onDone()
  }, [here])

  const close = () => {
    latest.current = null
    setEditing(null)
    onDone()
  }
  const store = (edited: Editing) => {
    const { promptId, text } = edited
    const isHere = () => latest.current === null || latest.current.promptId === promptId
    edit(promptId, text.trim()).then(
      () => {
        if (isHere()) close()
      },
      (error: unknown) => {
        if (isHere()) close()
        rescue(edited, sentenceFor(codeOf(error)))
      },
    )
  }
  const save = () => {
    if (!editing || editing.saving || editing.text.trim() === '') return
    if (!isChanged(editing)) return close()
    setEditing({ ...editing, saving: true })
    store(editing)
  }
  /** What was written in another row, and not saved, is saved on the way. */
  const begin = ({ promptId, text, audience }: QueueEntry) => {
    if (editing && !editing.saving && isChanged(editing) && editing.text.trim() !== '') store(editing)
    setEditing({ promptId, text, audience, before: text, saving: false })
  }
  return {
    editing,
    begin,
    write: (text: string) => setEditing((now) => now && { ...now, text }),
    save,
    cancel: close,
  }
}

function isChanged({ text, before }: Editing): boolean {
  return text.trim() !== before.trim()
}

export type Edits = ReturnType<typeof useEditing>
