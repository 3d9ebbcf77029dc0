import { type Extension, type Range, StateEffect } from '@codemirror/state'
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from '@codemirror/view'
import type { SharedDraft } from '@colloquy/client/react'
import { cleanName, hueOf } from '../../parts/names.ts'
import { indexOf, relativeOf } from './positions.ts'

// Others' cursors. The binding's own set `style` attributes, which the server's content security policy forbids,
// and believe the colours and names that a client gives itself; here they follow from the id the server vouches for.

interface Writer {
  id: string
  name: string
}

const moved = StateEffect.define<null>()

class Caret extends WidgetType {
  readonly #writer: Writer

  readonly #at: number

  constructor(writer: Writer, at: number) {
    super()
    this.#writer = writer
    this.#at = at
  }

  /** Drawn anew where it has moved: its name shows then, and fades. */
  override eq(other: Caret): boolean {
    const same = other.#writer.id === this.#writer.id && other.#writer.name === this.#writer.name
    return same && other.#at === this.#at
  }

  override toDOM(): HTMLElement {
    const caret = document.createElement('span')
    caret.className = 'writer-caret'
    caret.style.setProperty('--hue', String(hueOf(this.#writer.id)))
    const name = caret.appendChild(document.createElement('span'))
    name.className = 'writer-name'
    name.textContent = cleanName(this.#writer.name)
    return caret
  }

  override ignoreEvent(): boolean {
    return true
  }
}

/** Shows where others write, and tells them where this person does, in the fields that stock bindings use. */
export function cursors(awareness: SharedDraft['awareness']): Extension {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet
      readonly #view: EditorView
      readonly #heard = () => {
        // Awareness may speak while the editor is updating.
        queueMicrotask(() => {
          if (!this.#over) this.#view.dispatch({ effects: moved.of(null) })
        })
      }
      #over = false

      constructor(view: EditorView) {
        this.#view = view
        this.decorations = this.#read(view)
        awareness.on('change', this.#heard)
      }

      update(update: ViewUpdate): void {
        if (update.selectionSet || update.docChanged || update.focusChanged) this.#tell(update.view)
        this.decorations = this.#read(update.view)
      }

      destroy(): void {
        this.#over = true
        awareness.off('change', this.#heard)
        if (awareness.getLocalState()) awareness.setLocalStateField('cursor', null)
      }

      #tell({ hasFocus, state }: EditorView): void {
        const { anchor, head } = state.selection.main
        const cursor = hasFocus ? { anchor: relativeOf(state, anchor), head: relativeOf(state, head) } : null
        const before: unknown = awareness.getLocalState()?.cursor ?? null
        if (JSON.stringify(before) === JSON.stringify(cursor)) return
        queueMicrotask(() => {
          if (!this.#over) awareness.setLocalStateField('cursor', cursor)
        })
      }

      #read({ state }: EditorView): DecorationSet {
        const marks: Range<Decoration>[] = []
        for (const [client, { user, cursor }] of awareness.getStates()) {
          if (client === awareness.clientID) continue
          const writer = writerOf(user)
          const anchor = indexOf(state, cursor?.anchor)
          const head = indexOf(state, cursor?.head)
          if (!writer || anchor === null || head === null) continue
          const [from, to] = [Math.min(anchor, head), Math.max(anchor, head)]
          if (from < to) {
            const attributes = { style: `--hue: ${hueOf(writer.id)}` }
            marks.push(Decoration.mark({ class: 'writer-selection', attributes }).range(from, to))
          }
          marks.push(
            Decoration.widget({ widget: new Caret(writer, head), side: head > anchor ? -1 : 1 }).range(head),
          )
        }
        return Decoration.set(marks, true)
      }
    },
    { decorations: ({ decorations }) => decorations },
  )
}

function writerOf(user: unknown): Writer | null {
  if (typeof user !== 'object' || user === null || !('id' in user) || typeof user.id !== 'string') return null
  return { id: user.id, name: 'name' in user && typeof user.name === 'string' ? user.name : user.id }
}

/** Readable below the page's own background colour, in either theme. */
const STRONG = 'light-dark(oklch(0.47 0.14 var(--hue)), oklch(0.8 0.11 var(--hue)))'

export const cursorTheme = EditorView.baseTheme({
  '.writer-selection': {
    backgroundColor: 'light-dark(oklch(0.9 0.06 var(--hue)), oklch(0.4 0.09 var(--hue)))',
  },
  '.writer-caret': {
    position: 'relative',
    borderLeft: `2px solid ${STRONG}`,
    marginLeft: '-1px',
    marginRight: '-1px',
  },
  '.writer-name': {
    position: 'absolute',
    bottom: '100%',
    left: '-2px',
    padding: '0 4px',
    borderRadius: '4px 4px 4px 0',
    font: '500 11px/15px var(--font-sans)',
    whiteSpace: 'nowrap',
    pointerEvents: 'none',
    userSelect: 'none',
    zIndex: 5,
    color: 'var(--color-bg)',
    backgroundColor: STRONG,
    // It covers what stands above.
    animation: 'writer-name 400ms 3s forwards',
  },
  '.writer-caret:hover .writer-name': { animation: 'none' },
  '@keyframes writer-name': { to: { opacity: '0' } },
})
