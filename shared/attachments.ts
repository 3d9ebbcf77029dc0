// What is attached to a prompt stands in its text: behind the words, a line for each, a link whose address names a
// resource. So a model reads it as people do, and the prompt stays one text.

/** A resource that a prompt names. */
export interface Attached {
  id: string
  /** As its author calls it: shown as text, never as markup. */
  title: string
}

export const RESOURCE_SCHEME = 'resource:'
const LINE = /^\[((?:\\[^\n]|[^\\\]\n])*)\]\(resource:([\w-]{1,200})\)$/

/** The text of a prompt with these attached. */
export function withAttached(words: string, attached: readonly Attached[]): string {
  const links = attached.map(({ id, title }) => `[${escaped(title)}](${RESOURCE_SCHEME}${id})`)
  return [words, links.join('\n')].filter((part) => part !== '').join('\n\n')
}

/** The words of a prompt, and what is attached to it: the links on the last lines, each alone on its own. */
export function attachedIn(text: string): { words: string; attached: Attached[] } {
  const lines = text.split('\n')
  const attached: Attached[] = []
  for (;;) {
    const [, title, id] = LINE.exec(lines.at(-1)?.trim() ?? '') ?? []
    if (title === undefined || id === undefined) break
    attached.unshift({ id, title: title.replace(/\\(.)/gu, '$1') })
    lines.pop()
  }
  return attached.length === 0 ? { words: text, attached } : { words: lines.join('\n').trimEnd(), attached }
}

/** In one line, without a sign that Markdown takes for anything. */
function escaped(title: string): string {
  return title.replace(/\s+/gu, ' ').replace(/[\\`*_{}[\]()<>#+\-.!|~&:@^=$"']/g, '\\$&')
}
