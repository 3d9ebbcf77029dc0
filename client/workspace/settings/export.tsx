import type { Snapshot } from '@colloquy/client'
import { useSnapshot } from '@colloquy/client/react'
import type { SessionManagement } from '@colloquy/client/team'
import { Braces, FileText, type LucideIcon } from 'lucide-react'
import { announce } from '../parts/announcer.tsx'
import { Button } from '../parts/button.tsx'
import { useAct } from '../parts/use-act.ts'
import { download } from './download.ts'
import { fileName } from './file-name.ts'
import { Heading } from './heading.tsx'

const FORMATS = [
  {
    format: 'md',
    type: 'text/markdown',
    name: 'Markdown',
    text: 'To be read: who asked what, and what was answered, in order.',
    Icon: FileText,
  },
  {
    format: 'json',
    type: 'application/json',
    name: 'JSON',
    text: 'For programs: every message and turn, with times, models and calls.',
    Icon: Braces,
  },
] as const

/** What I may read, as a file. */
export function Export({ manage }: { manage: SessionManagement }) {
  return (
    <>
      <Heading title="Export">
        A file of all that you may read here: what everyone reads, what you asked in private, and what others
        share with you. Nothing that was taken back.
      </Heading>
      <ul className="border-line border-t">
        {FORMATS.map((each) => (
          <Row key={each.format} manage={manage} {...each} />
        ))}
      </ul>
    </>
  )
}

interface RowProps {
  manage: SessionManagement
  format: 'md' | 'json'
  type: string
  name: string
  text: string
  Icon: LucideIcon
}

const selectTitle = ({ title }: Snapshot) => title

function Row({ manage, format, type, name, text, Icon }: RowProps) {
  const title = useSnapshot(selectTitle)
  const act = useAct()
  const save = () =>
    act.run(async () => {
      download(new Blob([await manage.exportAs(format)], { type }), fileName(title, format))
      announce('Downloaded')
    })
  return (
    <li className="flex items-center gap-3 border-line border-b py-3">
      <Icon size={16} className="shrink-0 text-faint" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="font-medium text-sm">{name}</p>
        <p className="text-dim text-sm">{text}</p>
        {act.problem !== null && (
          <p role="alert" className="text-bad text-xs">
            {act.problem}
          </p>
        )}
      </div>
      <Button disabled={act.busy} onClick={() => void save()} aria-label={`Download ${name}`}>
        {act.busy ? 'Preparing…' : 'Download'}
      </Button>
    </li>
  )
}
