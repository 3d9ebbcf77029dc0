import { act, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'

/**
 * As much of a document as React needs to draw text: it keeps children and nothing else. What needs a browser is
 * tested in one.
 */
class FakeNode {
  readonly nodeType: number
  readonly nodeName: string
  readonly namespaceURI = 'http://www.w3.org/1999/xhtml'
  readonly ownerDocument: FakeDocument
  parentNode: FakeNode | null = null
  nodeValue: string | null
  readonly children: FakeNode[] = []

  constructor(ownerDocument: FakeDocument, nodeType: number, nodeName: string, value: string | null = null) {
    this.ownerDocument = ownerDocument
    this.nodeType = nodeType
    this.nodeName = nodeName
    this.nodeValue = value
  }

  get tagName(): string {
    return this.nodeName
  }

  get textContent(): string {
    return this.nodeValue ?? this.children.map(({ textContent }) => textContent).join('')
  }

  set textContent(value: string) {
    this.children.length = 0
    if (value !== '') this.appendChild(this.ownerDocument.createTextNode(value))
  }

  appendChild(child: FakeNode): FakeNode {
    return this.insertBefore(child, null)
  }

  insertBefore(child: FakeNode, before: FakeNode | null): FakeNode {
    child.parentNode?.removeChild(child)
    child.parentNode = this
    this.children.splice(before ? this.children.indexOf(before) : this.children.length, 0, child)
    return child
  }

  removeChild(child: FakeNode): FakeNode {
    this.children.splice(this.children.indexOf(child), 1)
    child.parentNode = null
    return child
  }

  addEventListener(): void {}
  removeEventListener(): void {}
}

class FakeDocument {
  readonly nodeType = 9
  readonly defaultView = { HTMLIFrameElement: class {}, event: undefined }
  readonly activeElement = null

  createTextNode(value: string): FakeNode {
    return new FakeNode(this as never, 3, '#text', value)
  }

  addEventListener(): void {}
  removeEventListener(): void {}
}

export interface Drawn {
  readonly text: string
  draw(node: ReactNode): Promise<void>
  /** Lets React take notice of what `fn` changed. */
  after(fn: () => void | Promise<void>): Promise<void>
  unmount(): Promise<void>
}

const globals = globalThis as { window?: object; IS_REACT_ACT_ENVIRONMENT?: boolean }

/** `act` warns of what changes outside of it, which here is a server's doing. */
async function acting(fn: () => void | Promise<void>): Promise<void> {
  globals.IS_REACT_ACT_ENVIRONMENT = true
  await act(async () => fn())
  globals.IS_REACT_ACT_ENVIRONMENT = false
}

/** A React root that draws text. */
export function draw(): Drawn {
  const document = new FakeDocument()
  globals.window ??= document.defaultView
  const container = new FakeNode(document, 1, 'DIV')
  const root = createRoot(container as unknown as Element)
  return {
    get text() {
      return container.textContent
    },
    draw: (node) => acting(() => root.render(node)),
    after: (fn) => acting(fn),
    unmount: () => acting(() => root.unmount()),
  }
}
