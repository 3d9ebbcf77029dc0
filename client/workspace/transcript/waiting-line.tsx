import { Clock3 } from 'lucide-react'
import { useLeft } from '../parts/use-left.ts'
import { leftWords, nextTryWords, type Wait } from './waiting-words.ts'

/** Why nothing more comes for now, and for how long. */
export function WaitingText({ wait, timeClass = '' }: { wait: Wait; timeClass?: string }) {
  const left = useLeft(wait.until)
  const time = left === null ? null : wait.for === 'provider' ? nextTryWords(left) : leftWords(left)
  return (
    <>
      {wait.text}
      {time !== null && <span className={timeClass}>{` · ${time}`}</span>}
    </>
  )
}

export function WaitingLine({ wait }: { wait: Wait }) {
  return (
    <p className="flex min-h-[22px] items-center gap-2 text-faint">
      <Clock3 size={14} className="shrink-0" aria-hidden />
      <span>
        <WaitingText wait={wait} />
      </span>
    </p>
  )
}
