import type { Me, RunningTurn, Snapshot } from '@colloquy/client'
import { useSnapshot } from '@colloquy/client/react'
import { Square } from 'lucide-react'
import { useCallback } from 'react'
import { ReadersChip } from '../audience/readers-chip.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { Button } from '../parts/button.tsx'
import { Name } from '../parts/name.tsx'
import { mayModerate } from '../parts/roles.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { WaitingText } from '../transcript/waiting-line.tsx'
import type { Wait } from '../transcript/waiting-words.ts'
import { lineOf, textOf } from '../transcript/words.ts'

export interface RunningRowProps {
  turn: Pick<RunningTurn, 'turnId' | 'author'>
  /** Who reads it; null: everyone. */
  readers: string | null
  me: Me | null
  /** What keeps it from going on; null: nothing. */
  wait: Wait | null
  onStop: () => Promise<void>
  /** Shows the answer in the transcript. */
  onShow: () => void
}

/** An answer that has begun: the one that runs, or one that waits beside it. */
export function RunningRow({ turn, readers, me, wait, onStop, onShow }: RunningRowProps) {
  const { turnId } = turn
  const question = useSnapshot(
    useCallback(
      ({ messages }: Snapshot) => {
        const asked = messages.findLast(({ role, metadata }) => role === 'user' && metadata.turnId === turnId)
        return asked ? lineOf(textOf(asked)) : ''
      },
      [turnId],
    ),
  )
  const mine = turn.author.id === me?.id
  return (
    <div className="flex min-h-10 items-center gap-2 pr-1.5 pl-3 text-sm">
      <span className="relative">
        <Avatar person={turn.author} size={20} />
        <span
          className={`absolute -right-0.5 -bottom-0.5 size-2 rounded-full border-2 border-side ${wait ? (wait.for === 'approval' ? 'bg-amber' : 'bg-faint') : 'dot-pulse bg-ink'}`}
        />
      </span>
      <span className={`font-medium ${wait ? 'min-w-0' : 'shrink-0'}`}>
        {wait ? (
          <WaitingText wait={wait} timeClass={wait.for === 'approval' ? 'max-sm:hidden' : ''} />
        ) : (
          <>Answering {mine ? 'you' : <Name>{turn.author.name}</Name>}</>
        )}
      </span>
      <span className="min-w-0 flex-1 truncate text-faint" dir="auto">
        {question}
      </span>
      {readers !== null && <ReadersChip words={readers} className="max-w-[40%] shrink-0" />}
      {wait?.for === 'approval' && (
        <Button size="sm" kind="quiet" onClick={onShow}>
          Show
        </Button>
      )}
      {(mine || mayModerate(me)) && (
        <Button
          size="sm"
          kind="line"
          onClick={() => onStop().catch(tellRefusal)}
          title={mine ? 'Stop (Esc)' : 'Stop'}
        >
          <Square size={10} fill="currentColor" aria-hidden />
          Stop
        </Button>
      )}
    </div>
  )
}
