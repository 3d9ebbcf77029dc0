import { X } from 'lucide-react'
import { type ReactNode, Suspense, useEffect, useRef } from 'react'
import { IconButton } from '../parts/button.tsx'
import { later } from '../parts/later.tsx'
import { useModal } from '../parts/use-modal.ts'
import { usePanel } from './panel-open.ts'

const Panel = later(() => import('./panel.tsx'))

const TITLE = 'What the assistant sees for you'

/** Beside the transcript where there is room, over it where there is not. */
export function SidePanel() {
  const { open, beside, setOpen } = usePanel()
  const wasBeside = useRef(beside)
  useEffect(() => {
    // What was opened beside the transcript would make the page dead as a modal that nobody asked for.
    if (wasBeside.current && !beside) setOpen(false)
    wasBeside.current = beside
  }, [beside, setOpen])
  if (!open) return null
  const close = () => setOpen(false)
  const inside = (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex h-12 shrink-0 items-center justify-between gap-2 pr-2 pl-4">
        <h2 className="min-w-0 truncate font-semibold text-sm">{TITLE}</h2>
        <IconButton label="Close" onClick={close}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <Suspense fallback={<Waiting />}>
        <Panel />
      </Suspense>
    </div>
  )
  if (!beside) return <Sheet onClose={close}>{inside}</Sheet>
  return (
    <aside aria-label={TITLE} className="w-[272px] shrink-0 border-line border-l bg-side">
      {inside}
    </aside>
  )
}

function Sheet({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const sheet = useRef<HTMLDialogElement>(null)
  useModal(sheet)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes it by keyboard
    <dialog
      ref={sheet}
      aria-label={TITLE}
      onCancel={(event) => {
        // React brings it here from a dialog on top of this one, too.
        if (event.target !== sheet.current) return
        event.preventDefault()
        onClose()
      }}
      onClick={({ target }) => {
        if (target === sheet.current) onClose()
      }}
      className="enter m-0 ml-auto h-dvh max-h-none w-[min(320px,calc(100vw-40px))] border-line border-l bg-side p-0 text-ink"
    >
      {children}
    </dialog>
  )
}

const BARS = ['w-1/2', 'w-4/5', 'w-2/3']

function Waiting() {
  return (
    <div aria-hidden className="flex flex-col gap-3 px-4 pt-3">
      {BARS.map((width) => (
        <span key={width} className={`skeleton h-3 ${width}`} />
      ))}
    </div>
  )
}
