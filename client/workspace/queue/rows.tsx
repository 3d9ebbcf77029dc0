import type { Me, QueueEntry } from '@colloquy/client'
import { useQueue } from '@colloquy/client/react'
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

export function QueueRows({ entries, me, edits, onDone }: QueueRowsProps) {
  const { withdraw, move } = useQueue()
  const { editing, begin, write, save, cancel } = edits
  const mine = entries.filter(({ author }) => author.id === me?.id).map(({ promptId }) => promptId)
  const reorder = useReorder(mine, (promptId, before) => {
    move(promptId, before).catch(tellRefusal)
  })
  return (
    <ol aria-label="Up next">
      {entries.map((entry, i) => {
        const { promptId } = entry
        if (promptId === editing?.promptId) {
          return <EditRow key={promptId} {...editing} onChange={write} onSave={save} onCancel={cancel} />
        }
        return (
          <QueueRow
            key={promptId}
            ref={reorder.keep(promptId)}
            entry={entry}
            place={i + 1}
            mine={entry.author.id === me?.id}
            dragged={reorder.drop?.dragged === promptId}
            dropBefore={reorder.drop?.before === promptId}
            dropAfter={reorder.drop?.before === null && promptId === mine.at(-1)}
            handle={mine.length > 1 && mine.includes(promptId) ? reorder.handle(promptId) : null}
            handleLabel={`Move: ${mine.indexOf(promptId) + 1} of ${mine.length} of yours, with the arrow keys`}
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
