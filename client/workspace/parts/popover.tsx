import { type ReactNode, useEffect, useId, useRef, useState } from 'react'

export interface PopoverProps {
  /** What the button says. */
  label: string
  button: ReactNode
  buttonClass: string
  side?: 'top' | 'bottom'
  align?: 'start' | 'end'
  className?: string
  /** As a function it is drawn while the panel is open, and gets a way to close it. */
  children: ReactNode | ((close: () => void) => ReactNode)
}

const GAP = 6
const EDGE = 8

/** A panel beside its button: the browser's popover, placed by hand. Esc and a click elsewhere close it. */
export function Popover({
  label,
  button,
  buttonClass,
  side = 'bottom',
  align = 'start',
  className = '',
  children,
}: PopoverProps) {
  const id = useId()
  const opener = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const [open, setOpen] = useState(false)
  useEffect(() => {
    const element = panel.current
    if (!element) return
    const toggled = (event: Event) => setOpen((event as ToggleEvent).newState === 'open')
    element.addEventListener('toggle', toggled)
    return () => element.removeEventListener('toggle', toggled)
  }, [])
  useEffect(() => {
    const [from, box] = [opener.current, panel.current]
    if (!open || !from || !box) return
    const place = () => {
      const at = from.getBoundingClientRect()
      const { offsetWidth: width, offsetHeight: height } = box
      const left = align === 'start' ? at.left : at.right - width
      box.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`
      const top = side === 'bottom' ? at.bottom + GAP : at.top - height - GAP
      box.style.top = `${Math.max(EDGE, Math.min(top, innerHeight - height - EDGE))}px`
    }
    place()
    const grown = new ResizeObserver(place)
    grown.observe(box)
    addEventListener('resize', place)
    return () => {
      grown.disconnect()
      removeEventListener('resize', place)
    }
  }, [open, side, align])
  return (
    <>
      <button
        ref={opener}
        type="button"
        aria-label={label}
        title={label}
        aria-expanded={open}
        aria-controls={id}
        popoverTarget={id}
        className={buttonClass}
      >
        {button}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={label}
        className={`enter fixed inset-auto m-0 max-h-[70dvh] rounded-md border border-line bg-raised p-1 text-ink shadow-float ${className}`}
      >
        {typeof children === 'function' ? open && children(() => panel.current?.hidePopover()) : children}
      </div>
    </>
  )
}
