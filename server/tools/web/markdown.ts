import { tables } from '@joplin/turndown-plugin-gfm'
import Turndown from 'turndown'

/** Characters of a link's target at most; a longer one says nothing to a reader. */
const LINK_LENGTH = 500

/** Turns HTML into Markdown: headings, lists, tables, code and links, no pictures. */
export function toMarkdown(html: string, base: string): string {
  const turndown = new Turndown({
    headingStyle: 'atx',
    codeBlockStyle: 'fenced',
    bulletListMarker: '-',
    hr: '---',
  })
  turndown.use(tables)
  // The reader is a model: a name such as `snake_case` should stand as it does on the page.
  turndown.escape = (text) => text
  turndown.addRule('unseen', {
    filter: (node) => UNSEEN.has(node.nodeName.toLowerCase()),
    replacement: () => '',
  })
  turndown.addRule('picture', {
    filter: 'img',
    replacement: (_content, node) => inLine((node as HTMLElement).getAttribute('alt') ?? ''),
  })
  turndown.addRule('link', {
    filter: 'a',
    replacement(content, node) {
      const text = inLine(content)
      const target = absolute((node as HTMLElement).getAttribute('href'), base)
      return text === '' || target === null ? text : `[${text}](${target})`
    },
  })
  return turndown.turndown(html).replace(/\n{3,}/g, '\n\n')
}

const UNSEEN = new Set(
  'script style noscript template head svg iframe object select option button input textarea video audio canvas'.split(
    ' ',
  ),
)

function inLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim()
}

function absolute(href: string | null, base: string): string | null {
  if (href === null || href.startsWith('#') || href.length > LINK_LENGTH) return null
  const url = URL.parse(href, base)
  if (url === null || !/^(https?|mailto):$/.test(url.protocol) || url.href.length > LINK_LENGTH) return null
  return url.href
}
