import type { ChildNode, Document, Element, ParentNode } from 'domhandler'
import { DomHandler, DomUtils, Parser } from 'htmlparser2'
import { ToolError } from '../tool.ts'

/** Deeper than browsers nest, and than a recursion over the tree can bear. */
const DEPTH = 512
const ELEMENTS = 100_000
const ATTRIBUTES = 200

export interface PageTree {
  readonly document: Document
  readonly elements: number
  readonly depth: number
}

/**
 * A page's elements. Takes time and memory in proportion to the page, whatever is in it.
 * @throws ToolError for a page that no reader has use for: made of too many parts, or too deep
 */
export function parseTree(html: string): PageTree {
  const handler = new BoundedHandler()
  new Parser(handler).end(html)
  return { document: handler.root, elements: handler.elements, depth: handler.depth }
}

class BoundedHandler extends DomHandler {
  elements = 0
  depth = 0

  override onopentag(name: string, attributes: { [key: string]: string }): void {
    this.elements += 1
    this.depth = Math.max(this.depth, this.tagStack.length)
    if (
      this.elements > ELEMENTS ||
      this.tagStack.length > DEPTH ||
      Object.keys(attributes).length > ATTRIBUTES
    ) {
      throw new ToolError('The page is too complex to read.')
    }
    super.onopentag(name, attributes)
  }
}

/** All elements of a page with one of these names, in the page's order. */
export function elementsNamed(within: ParentNode, names: readonly string[]): Element[] {
  return DomUtils.getElementsByTagName((name) => names.includes(name), within.children, true)
}

/** What one sees of an element, as one line. */
export function lineOf(node: ChildNode): string {
  return textLines([node]).join(' ')
}

const UNSEEN = new Set('script style noscript template head title svg iframe object select'.split(' '))
const INLINE = new Set(
  'a abbr b bdi bdo big cite code data del dfn em font i ins kbd label mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
)

/** What one sees, line by line: blocks, line breaks and the lines of `<pre>` end a line. */
export function textLines(nodes: readonly ChildNode[]): string[] {
  const lines: string[] = []
  let line = ''
  const end = () => {
    const text = line.replace(/\s+/g, ' ').trim()
    if (text !== '') lines.push(text)
    line = ''
  }
  const write = (text: string) => {
    line += text
  }
  const writeLines = (text: string) => {
    for (const each of text.split('\n')) {
      write(each)
      end()
    }
  }
  const visit = (node: ChildNode, pre: boolean) => {
    if (DomUtils.isText(node)) (pre ? writeLines : write)(node.data)
    else if (DomUtils.isTag(node) && !UNSEEN.has(node.name)) {
      const block = !INLINE.has(node.name)
      if (block) end()
      for (const child of node.children) visit(child, pre || node.name === 'pre')
      if (block) end()
    }
  }
  for (const node of nodes) visit(node, false)
  end()
  return lines
}
