import { type ClipboardEvent, useState } from 'react'

/** UTF-8 bytes from which a pasted text is offered as a file … */
const LONG = 8 * 1024
/** … and that a prompt may have. */
const PROMPT_BYTES = 64 * 1024

const encoder = new TextEncoder()
/** Texts of a third of it cannot be over it: what is typed is not counted at every key. */
const isOver = (text: string, bytes: number) => text.length * 3 > bytes && encoder.encode(text).length > bytes

export interface Pasted {
  onPaste: (event: ClipboardEvent) => void
  /** The draft cannot be sent as it is. */
  tooLong: boolean
  /** What had better be a file; null: nothing. */
  long: string | null
  keep: () => void
}

/** Files that are pasted are attached; of a long text that is offered. */
export function usePasted(draft: string, onFiles: (files: readonly File[]) => void): Pasted {
  const [pasted, setPasted] = useState<string | null>(null)
  const tooLong = isOver(draft, PROMPT_BYTES)
  const stands = pasted !== null && draft.includes(pasted)
  return {
    onPaste(event) {
      const { files, types } = event.clipboardData
      // A table of an office program comes as text and as a picture of it.
      if (files.length > 0 && !types.includes('text/plain')) {
        event.preventDefault()
        return onFiles([...files])
      }
      // As the field has it.
      const text = event.clipboardData.getData('text/plain').replace(/\r\n?/g, '\n')
      if (isOver(text, LONG)) setPasted(text)
    },
    tooLong,
    long: stands ? pasted : tooLong ? draft : null,
    keep: () => setPasted(null),
  }
}
