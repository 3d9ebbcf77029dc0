import type { ReactNode } from 'react'

export interface ValueBoxProps {
  label: string
  text: string
  note?: ReactNode
  /** As much of it as a screen can hold: nobody should have to guess that there is more. */
  tall?: boolean
}

/** Arguments or a result, as they are: a box of bounded height that scrolls by itself. */
export function ValueBox({ label, text, note, tall = false }: ValueBoxProps) {
  return (
    <div className="min-w-0">
      <p className="flex flex-wrap justify-between gap-x-3 pb-1 text-faint text-xs">
        <span>{label}</span>
        {note}
      </p>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        dir="ltr"
        className={`scroll ${tall ? 'max-h-[50dvh]' : 'max-h-64'} whitespace-pre-wrap break-words rounded-sm border border-line bg-bg px-2.5 py-2 font-mono text-xs`}
      >
        {text}
      </pre>
    </div>
  )
}
