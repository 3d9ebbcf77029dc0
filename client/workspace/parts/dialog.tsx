import { X } from 'lucide-react'
import { type ReactNode, useId, useRef } from 'react'
import { Button, IconButton } from './button.tsx'
import { useModal } from './use-modal.ts'

export interface DialogProps {
  title: string
  /** For what is read in it rather than decided. */
  wide?: boolean
  /** For what has places of its own in it, which fill it to its edges. */
  large?: boolean
  onClose: () => void
  children: ReactNode
}

const WIDTHS = {
  small: 'w-[min(440px,calc(100vw-32px))]',
  wide: 'w-[min(560px,calc(100vw-24px))]',
  large: 'w-[min(760px,calc(100vw-24px))]',
} as const

/** The browser's own modal: it traps focus, gives it back, and closes on Esc without a library. */
export function Dialog({ title, wide = false, large = false, onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  useModal(dialog)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it by keyboard
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      onCancel={(event) => {
        // React brings it here from a dialog on top of this one, too.
        if (event.target !== dialog.current) return
        event.preventDefault()
        onClose()
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose()
      }}
      className={`enter m-auto ${large ? WIDTHS.large : wide ? WIDTHS.wide : WIDTHS.small} rounded-lg border border-line bg-raised p-0 text-ink shadow-float`}
    >
      <div className="flex items-center justify-between gap-2 border-line border-b py-2 pr-2 pl-4">
        <h2 id={titleId} className="font-semibold">
          {title}
        </h2>
        <IconButton label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <div className={large ? '' : 'p-4'}>{children}</div>
    </dialog>
  )
}

export interface ConfirmProps {
  title: string
  text: string
  action: string
  onConfirm: () => void
  onClose: () => void
}

export function Confirm({ title, text, action, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="text-dim">{text}</p>
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Keep it</Button>
        <Button kind="bad" onClick={onConfirm}>
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
