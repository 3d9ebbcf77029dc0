import type { Message } from '@colloquy/client'
import { Check, Copy, Forward, GitFork, type LucideIcon, Undo2 } from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../parts/button.tsx'
import { copyText } from '../parts/copy.ts'

const SAID_MS = 1_600

/** What the reader may do with a message beside reading it. */
export interface ActionsProps {
  message: Message
  text: string
  sharable: boolean
  forkable: boolean
  retractable: boolean
  onShare: (message: Message) => void
  onFork: (message: Message) => void
  onRetract: (message: Message) => void
}

/** Seen when the message is pointed at or anything in it has focus; always where nothing can be pointed with. */
export function Actions(props: ActionsProps) {
  const { message, text, sharable, forkable, retractable } = props
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const said = text !== ''
  const acts: [shown: boolean, label: string, Icon: LucideIcon, run: () => void][] = [
    [
      said,
      copied ? 'Copied' : 'Copy the text',
      copied ? Check : Copy,
      () => void copyText(text).then(setCopied),
    ],
    [said && sharable, 'Share with others', Forward, () => props.onShare(message)],
    [forkable, 'Fork from here', GitFork, () => props.onFork(message)],
    [retractable, 'Take it back', Undo2, () => props.onRetract(message)],
  ]
  const shown = acts.filter(([is]) => is)
  if (shown.length === 0) return null
  return (
    <div
      className={`${message.role === 'user' ? 'top-3' : 'top-0.5'} absolute right-0 flex rounded-md border border-line bg-raised p-px opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100 pointer-coarse:border-0 pointer-coarse:bg-transparent pointer-coarse:opacity-80`}
    >
      {shown.map(([, label, Icon, run]) => (
        <IconButton key={label} label={label} onClick={run}>
          <Icon size={14} aria-hidden />
        </IconButton>
      ))}
    </div>
  )
}
