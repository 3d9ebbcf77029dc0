import type { Audience } from '@colloquy/client'
import { type Attached, attachedIn, withAttached } from '@colloquy/shared/attachments'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { tellRefusal } from '../../parts/toasts.tsx'
import type { ShownDraft } from '../use-shown-draft.ts'
import type { Attachments } from './attachments.ts'
import { Chips } from './chips.tsx'
import { DropTarget } from './drop-target.tsx'
import { LongText } from './long-text.tsx'
import { useDesk } from './use-desk.ts'
import { useFileDrop } from './use-file-drop.ts'
import { usePasted } from './use-pasted.ts'

export interface AttachingProps {
  draft: ShownDraft
  /** Hears what the composer may do now; null: nothing any more. */
  onReady: (attachments: Attachments | null) => void
  onDone: () => void
}

/** All that goes along with a draft, dropped, pasted and chosen: what stands above the field. */
export default function Attaching({ draft, onReady, onDone }: AttachingProps) {
  const desk = useDesk()
  const [handing, setHanding] = useState(false)
  const over = useFileDrop(desk.add)
  const pasted = usePasted(draft.shared ? '' : draft.text, desk.add)
  const some = desk.items.length > 0
  const sending = handing || desk.unsettled === 'sending'
  const waits = sending ? 'Waiting for the files' : reasonOf(desk.unsettled, pasted.tooLong)

  /** Lets the prompt's readers have what is attached, and then sends; until then all of it stands where it is. */
  const send: Attachments['send'] = async (audience: Audience, submit) => {
    const words = draft.text.trim()
    setHanding(true)
    try {
      const attached = await desk.handOver(audience)
      const latest = now.current.draft
      // What was written together stays on its board where its author has turned to others meanwhile.
      const meanwhile = draft.sharedId === null || latest.sharedId === draft.sharedId ? latest : draft
      meanwhile.clear()
      if (meanwhile.text.trim() !== words) meanwhile.setText(restOf(meanwhile.text, words))
      submit(withAttached(words, attached))
    } catch (error) {
      tellRefusal(error)
    } finally {
      setHanding(false)
    }
  }
  const takeBack = (text: string) => {
    const { words, attached }: { words: string; attached: Attached[] } = attachedIn(text)
    desk.giveBack(attached)
    return words
  }
  const now = useRef({ draft, send, takeBack, add: desk.add, onPaste: pasted.onPaste })
  useLayoutEffect(() => {
    now.current = { draft, send, takeBack, add: desk.add, onPaste: pasted.onPaste }
  })
  useEffect(() => {
    onReady({
      ...{ some, waits },
      send: (...given) => now.current.send(...given),
      takeBack: (text) => now.current.takeBack(text),
      add: (files) => now.current.add(files),
      onPaste: (event) => now.current.onPaste(event),
    })
  }, [some, waits, onReady])
  useEffect(() => () => onReady(null), [onReady])

  const { long } = pasted
  return (
    <>
      {over && <DropTarget />}
      {some && <Chips desk={desk.desk} items={desk.items} onDone={onDone} />}
      {long !== null && (
        <LongText
          tooLong={pasted.tooLong}
          onAttach={() => {
            desk.add([new File([long], 'Pasted text.txt', { type: 'text/plain' })])
            draft.setText(draft.text.replace(long, () => '').trim())
            onDone()
          }}
          onKeep={() => {
            pasted.keep()
            onDone()
          }}
        />
      )}
    </>
  )
}

function reasonOf(unsettled: 'sending' | 'failed' | null, tooLong: boolean): string | null {
  if (unsettled === 'failed') return 'Remove what could not be attached'
  return tooLong ? 'Too long for a prompt' : null
}

/** What was written while the rest was being sent. */
function restOf(text: string, sent: string): string {
  return text.trimStart().startsWith(sent) ? text.trimStart().slice(sent.length).trimStart() : text
}
