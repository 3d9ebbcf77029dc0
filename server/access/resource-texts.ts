import type { Resource } from './workspace-state.ts'
import type { WorkspaceStream } from './workspace-stream.ts'

/** Bytes of texts that stay in memory. */
const KEPT_BYTES = 16 * 1024 * 1024

/** The texts of resources; those read last stay in memory, and none that is no longer a resource's. */
export interface ResourceTexts {
  /** Null: it is no longer the resource's. @throws ColloquyError `STORE_UNAVAILABLE` */
  of(resource: Resource): Promise<string | null>
}

export function createResourceTexts(stream: WorkspaceStream, most = KEPT_BYTES): ResourceTexts {
  /** By cell, those that were read last at the end. */
  const kept = new Map<string, { id: string; text: string }>()
  let held = 0
  const isCurrent = ({ id, cell }: Pick<Resource, 'id' | 'cell'>) =>
    stream.state.resources.get(id)?.cell === cell

  function drop(cell: string): void {
    held -= sizeOf(kept.get(cell)?.text)
    kept.delete(cell)
  }
  function keep({ id, cell }: Resource, text: string): void {
    drop(cell)
    kept.set(cell, { id, text })
    held += sizeOf(text)
    for (const oldest of kept.keys()) {
      if (held <= most) return
      drop(oldest)
    }
  }
  stream.watch((event) => {
    if (event.type !== 'resource.put' && event.type !== 'resource.removed') return
    for (const [cell, { id }] of kept) {
      if (id === event.resourceId && !isCurrent({ id, cell })) drop(cell)
    }
  })
  return {
    async of(resource) {
      const { cell } = resource
      const text = kept.get(cell)?.text ?? (await stream.bodies([cell])).get(cell)
      // It may have been erased while it was read.
      if (text === undefined || !isCurrent(resource)) return null
      keep(resource, text)
      return text
    },
  }
}

/** A character of a string takes two bytes at most. */
function sizeOf(text = ''): number {
  return text.length * 2
}
