import type { Resource } from '@colloquy/client/team'
import { EVERYONE } from '@colloquy/shared/audience'
import { useEffect, useState } from 'react'
import { readersOf } from '../audience/reader-words.ts'
import { useWho } from '../audience/use-who.ts'
import { Dialog } from '../parts/dialog.tsx'
import { cleanName } from '../parts/names.ts'
import { codeOf, sentenceFor } from '../parts/refusals.ts'
import { exactTimeOf, timeOf } from '../parts/times.ts'
import { useAccount } from '../sign-in/account.ts'
import { FORMATS, lengthWords } from './resource-text.ts'

/** A resource as it is. */
export function ReadResource({ resource, onClose }: { resource: Resource; onClose: () => void }) {
  const { workspace } = useAccount()
  const who = useWho()
  const [found, setFound] = useState<{ text: string } | { code: string } | null>(null)
  const { id, title, audience, by, format, length, updatedAt } = resource
  useEffect(() => {
    let over = false
    workspace.resource(id).then(
      ({ text }) => over || setFound({ text }),
      (error: unknown) => over || setFound({ code: codeOf(error) }),
    )
    return () => {
      over = true
    }
  }, [workspace, id])
  const label = FORMATS.find(({ value }) => value === format)?.label ?? format
  return (
    <Dialog title={cleanName(title)} onClose={onClose} wide>
      <p className="flex flex-wrap gap-x-2 pb-2 text-faint text-xs">
        <span className={audience === EVERYONE ? '' : 'text-private'}>
          {audience === EVERYONE ? 'Everyone in the workspace' : readersOf(audience, who)}
        </span>
        <span>
          · {label} · {lengthWords(length)}
        </span>
        <span title={exactTimeOf(updatedAt)}>
          · by <bdi>{cleanName(by.name)}</bdi>, {timeOf(updatedAt)}
        </span>
      </p>
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        aria-busy={found === null}
        className="scroll h-[50dvh] whitespace-pre-wrap break-words rounded-sm border border-line bg-side px-3 py-2 font-mono text-xs"
      >
        {found && ('text' in found ? found.text : sentenceFor(found.code))}
      </pre>
    </Dialog>
  )
}
