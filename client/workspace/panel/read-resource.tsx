import type { Resource, ResourceText } from '@colloquy/client/team'
import { useEffect, useState } from 'react'
import type { Who } from '../audience/reader-words.ts'
import { Dialog } from '../parts/dialog.tsx'
import { cleanName } from '../parts/names.ts'
import { codeOf, sentenceFor } from '../parts/refusals.ts'
import { exactTimeOf, timeOf } from '../parts/times.ts'
import { useAccount } from '../sign-in/account.ts'
import { FORMATS, lengthWords, resourceReaders } from './resource-text.ts'

export interface ReadResourceProps {
  id: string
  /** Until it is known what it is called. */
  title: string
  /** Knows the names of its readers. */
  who: Who
  onClose: () => void
}

/** A resource as it is. */
export default function ReadResource({ id, title, who, onClose }: ReadResourceProps) {
  const { workspace } = useAccount()
  const [found, setFound] = useState<ResourceText | { code: string } | null>(null)
  useEffect(() => {
    let over = false
    workspace.resource(id).then(
      (resource) => over || setFound(resource),
      (error: unknown) => over || setFound({ code: codeOf(error) }),
    )
    return () => {
      over = true
    }
  }, [workspace, id])
  const resource = found && 'text' in found ? found : null
  return (
    <Dialog title={cleanName(resource?.title ?? title)} onClose={onClose} wide>
      {resource && <About resource={resource} who={who} />}
      <pre
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        dir="auto"
        aria-busy={found === null}
        className="scroll h-[50dvh] whitespace-pre-wrap break-words rounded-sm border border-line bg-side px-3 py-2 font-mono text-xs"
      >
        {found && ('text' in found ? found.text : unreadWords(found.code))}
      </pre>
    </Dialog>
  )
}

function About({ resource, who }: { resource: Resource; who: Who }) {
  const { by, format, length, updatedAt } = resource
  const { words, open } = resourceReaders(resource, who)
  const label = FORMATS.find(({ value }) => value === format)?.label ?? format
  return (
    <p className="flex flex-wrap gap-x-2 pb-2 text-faint text-xs">
      <span className={open ? '' : 'text-private'}>{words}</span>
      <span>
        · {label} · {lengthWords(length)}
      </span>
      <span title={exactTimeOf(updatedAt)}>
        · by <bdi>{cleanName(by.name)}</bdi>, {timeOf(updatedAt)}
      </span>
    </p>
  )
}

/** Whoever may not read it is not told that it is there. */
function unreadWords(code: string): string {
  return code === 'NOT_FOUND' ? 'Not readable by you: it was removed, or is for others.' : sentenceFor(code)
}
