import type { Attached } from '@colloquy/shared/attachments'
import { Store } from './store.ts'

/** The resource whose text is shown over the page; null: none. */
export const previewed = new Store<Attached | null>(null)

export function preview(resource: Attached): void {
  previewed.set(resource)
}
