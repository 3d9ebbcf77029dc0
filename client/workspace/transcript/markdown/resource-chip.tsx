import { FileText } from 'lucide-react'
import { cleanName } from '../../parts/names.ts'
import { preview } from '../../parts/preview.ts'

/** What is attached: who may read it is asked when it is opened. */
export function ResourceChip({ id, title }: { id: string; title: string }) {
  const name = cleanName(title)
  return (
    <button
      type="button"
      title={`Read ${name}`}
      onClick={() => preview({ id, title: name })}
      className="my-0.5 mr-1 inline-flex min-h-7 max-w-full items-center gap-1.5 rounded-md border border-line-2 bg-raised px-2 align-middle text-sm leading-4 hover:bg-wash"
    >
      <FileText size={14} className="shrink-0 text-faint" aria-hidden />
      <bdi className="truncate">{name}</bdi>
    </button>
  )
}
