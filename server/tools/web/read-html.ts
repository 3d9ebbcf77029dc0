import { DomUtils } from 'htmlparser2'
import { elementsNamed, type PageTree, textLines } from './page-tree.ts'

/** What is formatted at most; a larger page is given line by line, which takes time in proportion to its size. */
const FORMATTED = { elements: 15_000, depth: 200 }

/** The title of a page, and what it says: as Markdown when it is `formatted`, else line by line. */
export async function readHtml(
  html: string,
  tree: PageTree,
  { url, formatted }: { url: string; formatted: boolean },
): Promise<{ title: string; text: string }> {
  const title = titleOf(tree)
  if (formatted && tree.elements <= FORMATTED.elements && tree.depth <= FORMATTED.depth) {
    // Its libraries are most of what a thread has to load, and other pages need none of them.
    const { formatHtml } = await import('./format-html.ts')
    try {
      return { title, ...formatHtml(html, baseOf(tree, url)) }
    } catch {
      // Libraries made for real pages stumble over pages that are made for them to stumble over.
    }
  }
  return { title, text: textLines(tree.document.children).join('\n') }
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
