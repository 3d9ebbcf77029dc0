import type { Me, QueueEntry } from '@colloquy/client'
import { useQueue } from '@colloquy/client/react'
import { useReadersOf } from '../audience/use-who.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { EditRow } from './edit-row.tsx'
import { QueueRow } from './row.tsx'
import type { Edits } from './use-editing.ts'
import { useReorder } from './use-reorder.ts'

export interface QueueRowsProps {
  entries: readonly QueueEntry[]
  me: Me | null
  edits: Edits
  onDone: () => void
}

export default function QueueRows({ entries, me, edits, onDone }: QueueRowsProps) {
  const { withdraw, move } = useQueue()
  const { editing, begin, write, save, cancel } = edits
  const readersOf = useReadersOf()
  const mine = entries.filter(({ author }) => author.id === me?.id)
  const reorder = useReorder(mine, (promptId, before) => {
    move(promptId, before).catch(tellRefusal)
  })
  return (
    <ol aria-label="Up next">
      {entries.map((entry, i) => {
        const { promptId, laneId } = entry
        const own = reorder.among(promptId)
        const at = own.indexOf(promptId)
        if (promptId === editing?.promptId) {
          return <EditRow key={promptId} {...editing} onChange={write} onSave={save} onCancel={cancel} />
        }
        return (
          <QueueRow
            key={promptId}
            ref={reorder.keep(promptId)}
            entry={entry}
            place={1 + entries.slice(0, i).filter((each) => each.laneId === laneId).length}
            readers={readersOf(entry.audience)}
            mine={at >= 0}
            dragged={reorder.drop?.dragged === promptId}
            dropBefore={reorder.drop?.before === promptId}
            dropAfter={
              reorder.drop?.before === null && promptId === own.at(-1) && own.includes(reorder.drop.dragged)
            }
            handle={own.length > 1 ? reorder.handle(promptId) : null}
            handleLabel={`Move: ${at + 1} of ${own.length} of yours, with the arrow keys`}
            onEdit={() => begin(entry)}
            onWithdraw={() => {
              onDone()
              withdraw(promptId).catch(tellRefusal)
            }}
          />
        )
      })}
    </ol>
  )
}
