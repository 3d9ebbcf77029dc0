import { useSession } from '@colloquy/client/react'
import { useState } from 'react'
import { audienceOf } from '../audience/choice.ts'
import { isKept } from '../parts/refusals.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import type { Attachments } from './attachments/attachments.ts'
import type { Composed } from './use-composed.ts'
import type { ShownDraft } from './use-shown-draft.ts'

interface SendingParts {
  composed: Composed
  draft: ShownDraft
  /** Tells the readers whether one is writing. */
  typing: (is: boolean) => void
  /** Gives focus back to where one writes. */
  focus: () => void
  onSent: () => void
}

export type Sending = ReturnType<typeof useSending>

/** What goes out with the prompt, whether it can go now, and what becomes of it when it is refused. */
export function useSending({ composed, draft, typing, focus, onSent }: SendingParts) {
  const { myId, own, choice, gone } = composed
  const session = useSession()
  const [attachments, setAttachments] = useState<Attachments | null>(null)
  const [model, setModel] = useState<string | undefined>(undefined)
  const wordsOf = (text: string) => attachments?.takeBack(text) ?? text
  const waits = attachments?.waits ?? null
  const empty = draft.text.trim() === '' && !attachments?.some
  const ready = !empty && gone.length === 0 && waits === null

  const submit = () => {
    if (!ready) return
    typing(false)
    const audience = audienceOf(choice, myId)
    const send = (text: string) => {
      const options = { audience, ...(model === undefined ? {} : { model }) }
      session.prompt(text, options).catch((error: unknown) => {
        tellRefusal(error)
        // Words are never lost to a refusal; whatever was written meanwhile stays in front.
        if (!isKept(error)) own.giveBack(wordsOf(text))
      })
    }
    if (attachments?.some) void attachments.send(audience, send)
    else {
      const text = draft.text.trim()
      draft.clear()
      send(text)
    }
    focus()
    onSent()
  }
  return { attachments, setAttachments, model, setModel, wordsOf, waits, ready, submit }
}
