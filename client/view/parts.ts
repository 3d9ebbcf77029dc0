import * as Y from 'yjs'
import type { MessagePart, ToolPart } from '../types/index.ts'

/** A part as it lies in a doc or an answer; text of more than 32 kB lies in several. */
export type SourcePart = { type: 'text'; text: string; continues?: boolean | undefined } | ToolPart

/**
 * Parts as readers see them: what `continues` belongs to the text directly before it. Texts that are as in
 * `before`, the same message's parts before it changed, keep their identity.
 */
export function joinParts(parts: readonly SourcePart[], before: readonly MessagePart[] = []): MessagePart[] {
  const joined: MessagePart[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    if (part.type === 'dynamic-tool') joined.push(part)
    // A kind that only a newer server knows.
    else if (part.type !== 'text') continue
    else if (part.continues && last?.type === 'text') last.text += part.text
    else joined.push({ type: 'text', text: part.text })
  }
  return joined.map((part, i) => {
    const known = before[i]
    return part.type === 'text' && known?.type === 'text' && known.text === part.text ? known : part
  })
}

/** The tool parts of a lane doc as plain objects, each built again only after an event of its own. */
export class ToolParts {
  readonly #built = new WeakMap<object, ToolPart>()

  read(source: Y.Map<unknown>): ToolPart {
    const known = this.#built.get(source)
    if (known) return known
    const part = source.toJSON() as ToolPart
    this.#built.set(source, part)
    return part
  }

  /** To be called with what an event is about, whatever that is. */
  changed(target: object): void {
    if (target instanceof Y.Map) this.#built.delete(target)
  }
}
