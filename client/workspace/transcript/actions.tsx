import type { Message } from '@colloquy/client'
import { Check, Copy, Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../parts/button.tsx'
import { copyText } from '../parts/copy.ts'

const SAID_MS = 1_600

export interface ActionsProps {
  message: Message
  text: string
  retractable: boolean
  onRetract: (message: Message) => void
}

/** Seen when the message is pointed at or anything in it has focus; always where nothing can be pointed with. */
export function Actions({ message, text, retractable, onRetract }: ActionsProps) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  if (text === '' && !retractable) return null
  return (
    <div
      className={`${message.role === 'user' ? 'top-3' : 'top-0.5'} absolute right-0 flex rounded-md border border-line bg-raised p-px opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:border-0 pointer-coarse:bg-transparent pointer-coarse:opacity-80`}
    >
      {text !== '' && (
        <IconButton
          label={copied ? 'Copied' : 'Copy the text'}
          onClick={async () => setCopied(await copyText(text))}
        >
          {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        </IconButton>
      )}
      {retractable && (
        <IconButton label="Take it back" onClick={() => onRetract(message)}>
          <Undo2 size={14} aria-hidden />
        </IconButton>
      )}
    </div>
  )
}
