import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import { sentenceFor } from './refusals.ts'
import type { Loaded } from './use-loaded.ts'

const BARS = ['w-2/3', 'w-1/2', 'w-3/5']

/** What was read, or that it is still read, or why it could not be. */
export function Shown<T>({ of, children }: { of: Loaded<T>; children: (value: T) => ReactNode }) {
  if (of.value !== null) return children(of.value)
  if (of.failed !== null) {
    return (
      <div role="alert" className="flex items-center gap-3 py-2">
        <p className="min-w-0 flex-1 text-bad text-sm">{sentenceFor(of.failed)}</p>
        <Button size="sm" onClick={() => void of.again()}>
          Try again
        </Button>
      </div>
    )
  }
  return (
    <div aria-hidden className="flex flex-col gap-4 py-3">
      {BARS.map((width) => (
        <span key={width} className={`skeleton h-3 ${width}`} />
      ))}
    </div>
  )
}
