import { DomUtils } from 'htmlparser2'
import { markupFacts } from './extract-markup.ts'
import type { Fact } from './fact.ts'
import { elementsNamed, type PageTree, parseTree, textLines } from './page-tree.ts'

/** What is formatted at most; a larger page is given line by line, which takes time in proportion to its size. */
const FORMATTED = { elements: 15_000, depth: 200 }

export interface HtmlReading {
  readonly title: string
  /** As Markdown when it is `formatted`, else line by line. */
  readonly text: string
  facts(): readonly Fact[]
}

/** @throws ToolError for a page of too many parts */
export async function readHtml(
  html: string,
  { url, formatted }: { url: string; formatted: boolean },
): Promise<HtmlReading> {
  const tree = parseTree(html)
  const title = titleOf(tree)
  const facts = () => markupFacts(tree.document)
  if (formatted && tree.elements <= FORMATTED.elements && tree.depth <= FORMATTED.depth) {
    const { formatHtml } = await import('./format-html.ts')
    try {
      return { title, facts, ...formatHtml(html, baseOf(tree, url)) }
    } catch {
      // Libraries made for real pages stumble over pages that are made for them to stumble over.
    }
  }
  return { title, facts, text: textLines(tree.document.children).join('\n') }
}

function titleOf({ document }: PageTree): string {
  const [element] = elementsNamed(document, ['title'])
  return element === undefined ? '' : DomUtils.textContent(element)
}

/** What the page's links are relative to. */
function baseOf({ document }: PageTree, url: string): string {
  const [base] = elementsNamed(document, ['base'])
  return URL.parse(base?.attribs.href ?? '', url)?.href ?? url
}
