import type { QueueEntry } from '@colloquy/client'
import { useQueue } from '@colloquy/client/react'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { codeOf, sentenceFor } from '../parts/refusals.ts'
import { toast } from '../parts/toasts.tsx'

interface Editing {
  promptId: string
  text: string
  /** Under way to the server. */
  saving: boolean
}

/**
 * The prompt whose text is being changed in the queue. When it starts to run meanwhile, or the change is refused,
 * what was written goes into the composer: nothing is lost.
 */
export function useEditing(
  entries: readonly QueueEntry[],
  onTakeBack: (text: string) => void,
  onDone: () => void,
) {
  const { edit } = useQueue()
  const [editing, setEditing] = useState<(Editing & { before: string }) | null>(null)
  const latest = useRef(editing)
  useLayoutEffect(() => {
    latest.current = editing
  }, [editing])
  const here = editing === null || entries.some(({ promptId }) => promptId === editing.promptId)

  const rescue = (text: string, why: string) => {
    toast(`${why} Your change is in the composer.`)
    onTakeBack(text)
  }
  // biome-ignore lint/correctness/useExhaustiveDependencies: only that it has gone counts
  useEffect(() => {
    if (here || !editing) return
    setEditing(null)
    // A refusal of what is being saved tells by itself.
    if (editing.saving) return
    if (editing.text.trim() === editing.before.trim()) onDone()
    else rescue(editing.text, sentenceFor('PROMPT_NOT_PENDING'))
  }, [here])

  /** Its author may be at another row by then, and stays there. */
  const close = (promptId: string) => {
    const elsewhere = latest.current !== null && latest.current.promptId !== promptId
    if (elsewhere) return
    cancel()
  }
  const save = () => {
    if (!editing || editing.saving) return
    const { promptId, before } = editing
    const text = editing.text.trim()
    if (text === '') return
    if (text === before.trim()) return cancel()
    setEditing({ ...editing, saving: true })
    edit(promptId, text).then(
      () => close(promptId),
      (error: unknown) => {
        close(promptId)
        rescue(text, sentenceFor(codeOf(error)))
      },
    )
  }
  const cancel = () => {
    setEditing(null)
    onDone()
  }
  return {
    editing,
    begin: ({ promptId, text }: QueueEntry) => setEditing({ promptId, text, before: text, saving: false }),
    write: (text: string) => setEditing((now) => now && { ...now, text }),
    save,
    cancel,
  }
}

export type Edits = ReturnType<typeof useEditing>
