import { X } from 'lucide-react'
import { useEffect } from 'react'
import { codeOf, sentenceFor } from './refusals.ts'
import { Store, useStore } from './store.ts'

// Our own: the usual packages inject a style element, which the server's content security policy forbids.

interface Toast {
  id: number
  text: string
  action?: { label: string; run: () => void } | undefined
}

const SHOWN_MS = 6_000
const MOST = 3

const toasts = new Store<readonly Toast[]>([])
let lastId = 0

export function toast(text: string, action?: Toast['action']): void {
  lastId++
  toasts.set([...toasts.read().filter((one) => one.text !== text), { id: lastId, text, action }].slice(-MOST))
}

/** For the `catch` of whatever a person set off. What the page itself ended is no news. */
export function tellRefusal(error: unknown): void {
  const code = codeOf(error)
  if (code !== 'CLOSED' && code !== 'DISCARDED') toast(sentenceFor(code))
}

export function Toasts() {
  const all = useStore(toasts)
  return (
    <div
      role="alert"
      className="pointer-events-none fixed inset-x-4 top-14 z-50 flex flex-col items-center gap-2"
    >
      {all.map((each) => (
        <ToastRow key={each.id} toast={each} />
      ))}
    </div>
  )
}

function ToastRow({ toast: { id, text, action } }: { toast: Toast }) {
  useEffect(() => {
    const timer = setTimeout(() => dismiss(id), SHOWN_MS)
    return () => clearTimeout(timer)
  }, [id])
  return (
    <div className="enter pointer-events-auto flex max-w-md items-center gap-2 rounded-md bg-ink py-1.5 pr-1.5 pl-3 text-bg text-sm shadow-float">
      <span className="min-w-0 flex-1">{text}</span>
      {action && (
        <button
          type="button"
          className="h-7 rounded-sm px-2 font-medium underline-offset-2 hover:underline"
          onClick={() => {
            dismiss(id)
            action.run()
          }}
        >
          {action.label}
        </button>
      )}
      <button
        type="button"
        aria-label="Dismiss"
        className="grid size-7 place-items-center rounded-sm opacity-70 hover:opacity-100"
        onClick={() => dismiss(id)}
      >
        <X size={14} aria-hidden />
      </button>
    </div>
  )
}

function dismiss(id: number): void {
  toasts.set(toasts.read().filter((one) => one.id !== id))
}
