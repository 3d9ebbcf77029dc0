import type { PersonRef, ToolPart } from '@colloquy/client'
import { useApprovals } from '@colloquy/client/react'
import { memo, Suspense, useId } from 'react'
import { later } from '../../parts/later.tsx'
import { cleanName } from '../../parts/names.ts'
import { useLeft } from '../../parts/use-left.ts'
import { leftWords, waitsFor } from '../waiting-words.ts'
import { wishOf } from './call-words.ts'
import { exactJson } from './exact-json.ts'
import { useDeciding } from './use-deciding.ts'
import { ValueBox } from './value-box.tsx'
import { Verdict } from './verdict.tsx'

const EditArgs = later(() => import('./edit-args.tsx'))

interface ApprovalCardProps {
  part: ToolPart
  author: PersonRef
  /** The reader is the author: whose prompt it is may change what is called. */
  mine: boolean
  /** Gives focus back to where one writes: the buttons go. */
  onDecided: () => void
}

/** A call that waits for somebody's consent: who wants what, exactly, and who may say so. */
const ApprovalCard = memo(function ApprovalCard({ part, author, mine, onDecided }: ApprovalCardProps) {
  const { calls } = useApprovals()
  const call = calls.find(({ callId }) => callId === part.toolCallId)
  const { approver, expiresAt } = part.toolMetadata
  const left = useLeft(expiresAt)
  const args = exactJson(part.input)
  const deciding = useDeciding(part.toolCallId, call, args, onDecided)
  const id = useId()
  const whose = mine ? 'Your' : `${cleanName(author.name)}’s`
  const waits = `Waits for ${waitsFor(approver, author, mine, call?.mine === true)}`
  return (
    <fieldset
      aria-labelledby={id}
      className="enter flex min-w-0 first:mt-1 flex-col gap-2.5 rounded-md border border-line border-l-[3px] border-l-amber bg-side p-2.5"
    >
      <p id={id}>
        {whose} assistant wants to <Wish part={part} />
      </p>
      {deciding.edited === null ? (
        <ValueBox label="Arguments" text={args} tall />
      ) : (
        <Suspense fallback={<ValueBox label="Arguments" text={args} tall />}>
          <EditArgs
            text={deciding.edited}
            before={args}
            saving={deciding.busy}
            refused={deciding.refused}
            onChange={deciding.write}
            onPropose={deciding.propose}
            onCancel={deciding.cancel}
          />
        </Suspense>
      )}
      <div className="flex flex-wrap items-center gap-2">
        {call && deciding.edited === null && (
          <Verdict call={call} editable={mine} deciding={deciding} describedBy={id} />
        )}
        <span className="text-faint text-xs">
          {waits}
          {left !== null && ` · ${leftWords(left)}`}
        </span>
      </div>
    </fieldset>
  )
})
export default ApprovalCard

function Wish({ part }: { part: ToolPart }) {
  const wish = wishOf(part)
  if (wish !== null) return <bdi>{wish}</bdi>
  return (
    <>
      call <code className="font-mono text-xs">{cleanName(part.toolName)}</code> ({part.toolMetadata.effect})
    </>
  )
}
