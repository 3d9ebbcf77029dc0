import { useConnection } from '@colloquy/client/react'
import { useState } from 'react'
import { EXAMPLES } from './examples.ts'

/** What a session without a word says. */
export default function EmptySession({ onPick }: { onPick: (text: string) => void }) {
  const { state } = useConnection()
  const [known, setKnown] = useState(state === 'live')
  if (state === 'live' && !known) setKnown(true)
  if (!known) {
    return (
      <p className="mx-auto flex h-full max-w-[420px] items-center px-6 text-center text-dim">
        This browser has no copy of the session. It appears as soon as you are connected.
      </p>
    )
  }
  return (
    <div className="mx-auto flex h-full max-w-[560px] flex-col justify-center px-6 py-10">
      <h2 className="font-semibold text-lg">Nothing asked yet</h2>
      <p className="mt-1 text-dim">
        Everyone here asks the same assistant. Questions are answered one after the other, in the order shown
        above the composer, and everybody reads along.
      </p>
      <ul aria-label="Examples" className="mt-4 border-line border-t">
        {EXAMPLES.map(({ title, text }) => (
          <li key={title} className="border-line border-b">
            <button
              type="button"
              onClick={() => onPick(text)}
              className="w-full px-1 py-2.5 text-left transition-colors hover:bg-wash"
            >
              <span className="block font-medium text-sm">{title}</span>
              <span className="block truncate text-faint text-xs">{text}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
