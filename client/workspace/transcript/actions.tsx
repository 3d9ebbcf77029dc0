import type { Message } from '@colloquy/client'
import { useSession } from '@colloquy/client/react'
import {
  Check,
  Copy,
  Ellipsis,
  Forward,
  GitFork,
  Link,
  type LucideIcon,
  RotateCcw,
  Undo2,
} from 'lucide-react'
import { useEffect, useState } from 'react'
import { IconButton } from '../parts/button.tsx'
import { copyText } from '../parts/copy.ts'
import { Popover } from '../parts/popover.tsx'
import { useMedia } from '../parts/use-media.ts'
import { useAccount } from '../sign-in/account.ts'
import { messagePath, urlOn } from '../sign-in/entry.ts'

const SAID_MS = 1_600

/** What the reader may do with a message beside reading it. */
export interface ActionsProps {
  message: Message
  text: string
  /** Its question may be asked once more, for another answer. */
  askable: boolean
  sharable: boolean
  forkable: boolean
  retractable: boolean
  onAskAgain: (message: Message) => void
  onShare: (message: Message) => void
  onFork: (message: Message) => void
  onRetract: (message: Message) => void
}

interface Action {
  /** The same whatever its label says: whoever has focus keeps it. */
  id: string
  label: string
  Icon: LucideIcon
  run: () => void
}

/** Seen when the message is pointed at or anything in it has focus; a menu where nothing can be pointed with. */
export function Actions(props: ActionsProps) {
  const { role } = props.message
  const coarse = useMedia('(pointer: coarse)')
  const actions = useActions(props)
  const top = role === 'user' ? 'top-3' : 'top-0.5'
  if (coarse) {
    return (
      <div className={`${top} absolute right-0`}>
        <Menu actions={actions} />
      </div>
    )
  }
  return (
    <div
      className={`${top} absolute right-0 flex rounded-md border border-line bg-raised p-px opacity-0 transition-opacity focus-within:opacity-100 group-hover:opacity-100`}
    >
      {actions.map(({ id, label, Icon, run }) => (
        <IconButton key={id} label={label} onClick={run}>
          <Icon size={14} aria-hidden />
        </IconButton>
      ))}
    </div>
  )
}

function useActions({
  message,
  text,
  askable,
  sharable,
  forkable,
  retractable,
  ...on
}: ActionsProps): Action[] {
  const session = useSession()
  const { url } = useAccount()
  const [copied, setCopied] = useState<'text' | 'link' | null>(null)
  useEffect(() => {
    if (copied === null) return
    const timer = setTimeout(() => setCopied(null), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  const said = text !== ''
  const copy = (what: 'text' | 'link', label: string, Icon: LucideIcon, whole: string): Action => ({
    id: what,
    label: copied === what ? 'Copied' : label,
    Icon: copied === what ? Check : Icon,
    run: () => void copyText(whole).then((done) => setCopied(done ? what : null)),
  })
  return [
    ...(said ? [copy('text', 'Copy the text', Copy, text)] : []),
    copy('link', 'Copy a link', Link, urlOn(url, messagePath(session.id, message.id))),
    ...(askable
      ? [{ id: 'again', label: 'Ask again', Icon: RotateCcw, run: () => on.onAskAgain(message) }]
      : []),
    ...(said && sharable
      ? [{ id: 'share', label: 'Share with others', Icon: Forward, run: () => on.onShare(message) }]
      : []),
    ...(forkable
      ? [{ id: 'fork', label: 'Fork from here', Icon: GitFork, run: () => on.onFork(message) }]
      : []),
    ...(retractable
      ? [{ id: 'retract', label: 'Take it back', Icon: Undo2, run: () => on.onRetract(message) }]
      : []),
  ]
}

function Menu({ actions }: { actions: readonly Action[] }) {
  return (
    <Popover
      label="What you can do with this"
      button={<Ellipsis size={16} aria-hidden />}
      buttonClass="grid size-7 place-items-center rounded-sm text-faint"
      align="end"
    >
      {(close) =>
        actions.map(({ id, label, Icon, run }) => (
          <button
            key={id}
            type="button"
            onClick={() => {
              close()
              run()
            }}
            className="flex h-10 w-full items-center gap-2.5 rounded-sm pr-4 pl-2.5 text-sm"
          >
            <Icon size={15} className="text-dim" aria-hidden />
            {label}
          </button>
        ))
      }
    </Popover>
  )
}
