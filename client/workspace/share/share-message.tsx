import type { Message } from '@colloquy/client'
import { useLanes, usePeople, useSession } from '@colloquy/client/react'
import { EVERYONE, flows } from '@colloquy/shared/audience'
import { useState } from 'react'
import { audienceOf, type Choice, peopleOf } from '../audience/choice.ts'
import { listOf, pickedName, willRead } from '../audience/reader-words.ts'
import ReadersPicker from '../audience/readers-picker.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { DialogEnd } from '../parts/dialog-end.tsx'
import { cleanName } from '../parts/names.ts'
import { toast } from '../parts/toasts.tsx'
import { useAct } from '../parts/use-act.ts'
import { useAccount } from '../sign-in/account.ts'
import { wantedMessage } from '../transcript/reveal.ts'
import { textOf } from '../transcript/words.ts'
import { leftOutWords } from './left-out-words.ts'

/** Shows exactly what would be copied, and to whom, before it is. */
export default function ShareMessage({ message, onClose }: { message: Message; onClose: () => void }) {
  const session = useSession()
  const { userId } = useAccount().me
  const { members } = usePeople()
  const { groups } = useLanes()
  const [choice, setChoice] = useState<Choice | null>(null)
  const act = useAct()
  const candidates = { members, groups }
  const text = textOf(message).trim()
  const nobody = choice !== EVERYONE && (choice === null || choice.length === 0)
  const known = choice !== null && flows(message.audience, peopleOf(choice, userId, candidates))
  const whose =
    message.metadata.author.id === userId ? 'your' : `${cleanName(message.metadata.author.name)}’s`
  const what = message.role === 'user' ? 'question' : 'answer'

  const share = () =>
    act.run(async () => {
      if (choice === null) return
      const { messageId } = await session.share(message.id, audienceOf(choice, userId))
      onClose()
      const names =
        choice === EVERYONE ? ['everyone here'] : choice.map(({ id, name }) => pickedName(id, name))
      toast(`Shared with ${listOf(names)}`, { label: 'Show', run: () => wantedMessage.set(messageId) })
    })

  return (
    <Dialog title={`Share ${whose} ${what}`} onClose={onClose} wide>
      <div className="flex flex-col gap-3">
        <ReadersPicker
          label="Who will read the copy"
          choice={choice}
          candidates={candidates}
          myId={userId}
          onChange={(next) => {
            setChoice(next)
            act.forget()
          }}
        />
        <div className="min-w-0">
          <h3 className="pb-1 text-faint text-xs">What will be copied, word for word</h3>
          <section
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
            tabIndex={0}
            dir="auto"
            aria-label="Preview of the copy"
            className="scroll max-h-[34dvh] whitespace-pre-wrap break-words rounded-sm border border-line bg-side px-3 py-2 text-sm"
          >
            {text}
          </section>
          <p className="pt-1 text-faint text-xs empty:hidden">{leftOutWords(message)}</p>
          {message.metadata.status !== 'done' && (
            <p className="pt-1 text-faint text-xs">
              This answer was not finished. The copy says so, and the assistant does not see it.
            </p>
          )}
        </div>
        <p role="status" className="min-h-5 text-sm">
          {nobody ? (
            <span className="text-faint">Pick who will read it.</span>
          ) : known ? (
            <span className="text-faint">They read it already.</span>
          ) : (
            <span className="font-medium">{choice !== null && willRead(choice, 'this copy')}</span>
          )}
        </p>
        <DialogEnd act={act} label="Share" ready={!nobody && !known} onCancel={onClose} onAct={share} />
      </div>
    </Dialog>
  )
}
