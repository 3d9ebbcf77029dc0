import { Ellipsis, type LucideIcon, Settings2, UserPlus } from 'lucide-react'
import { Popover } from '../parts/popover.tsx'

export interface HeaderMenuProps {
  onShare: () => void
  onSettings: () => void
}

/** What else can be done with the session; on a phone all that the header has no room for. */
export function HeaderMenu({ onShare, onSettings }: HeaderMenuProps) {
  return (
    <Popover
      label="More of this session"
      button={<Ellipsis size={16} aria-hidden />}
      buttonClass="grid size-7 shrink-0 place-items-center rounded-sm text-dim transition-colors hover:bg-wash hover:text-ink"
      align="end"
      className="min-w-44"
    >
      {(close) => {
        const then = (run: () => void) => () => {
          close()
          run()
        }
        return (
          <>
            <Item Icon={UserPlus} name="Share" onClick={then(onShare)} className="min-[480px]:hidden" />
            <Item Icon={Settings2} name="Session settings" onClick={then(onSettings)} />
          </>
        )
      }}
    </Popover>
  )
}

interface ItemProps {
  Icon: LucideIcon
  name: string
  className?: string
  onClick: () => void
}

function Item({ Icon, name, className = '', onClick }: ItemProps) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={`flex h-8 w-full items-center gap-2.5 rounded-sm px-2 text-sm hover:bg-wash max-md:h-10 ${className}`}
    >
      <Icon size={14} className="text-dim" aria-hidden />
      {name}
    </button>
  )
}
