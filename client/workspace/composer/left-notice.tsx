import { UserX } from 'lucide-react'
import type { Picked } from '../audience/choice.ts'
import { listOf, pickedName } from '../audience/reader-words.ts'
import { Button } from '../parts/button.tsx'

/** Whoever was picked has left: the author decides what that means, nobody else. */
export default function LeftNotice({
  gone,
  onLeaveOut,
}: {
  gone: readonly Picked[]
  onLeaveOut: () => void
}) {
  const names = listOf(gone.map(({ id, name }) => pickedName(id, name)))
  return (
    <div
      role="status"
      className="enter mx-2 flex min-h-10 items-center gap-2 border border-line border-b-0 bg-side pr-1.5 pl-3 text-sm first:rounded-t-lg sm:mx-3 first:[section+div>&]:rounded-t-none"
    >
      <UserX size={14} className="shrink-0 text-private" aria-hidden />
      <span className="min-w-0 flex-1">
        <bdi className="font-medium">{names}</bdi> {gone.length === 1 ? 'is' : 'are'} no longer here.{' '}
        <span className="text-faint max-sm:hidden">Nothing is sent until you choose who reads.</span>
      </span>
      <Button size="sm" onClick={onLeaveOut}>
        Ask without <bdi className="max-w-32 truncate">{names}</bdi>
      </Button>
    </div>
  )
}
