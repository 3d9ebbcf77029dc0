import { standardKeymap } from '@codemirror/commands'
import { EditorState, Prec } from '@codemirror/state'
import { EditorView, keymap, placeholder } from '@codemirror/view'
import type { SharedDraft } from '@colloquy/client/react'
import { yCollab, yUndoManagerKeymap } from 'y-codemirror.next'
import { cursors, cursorTheme } from './cursors.ts'

export interface EditorHandlers {
  submit(): void
  escape(): void
}

/**
 * An editor on a shared draft, in a shadow root: there CodeMirror adopts its style sheets, in the page itself it
 * would insert a style element, which the server's content security policy forbids.
 */
export function openEditor(
  host: HTMLElement,
  draft: SharedDraft,
  hint: string,
  on: EditorHandlers,
): EditorView {
  const root = host.shadowRoot ?? host.attachShadow({ mode: 'open' })
  const { text, awareness, board } = draft
  return new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text.toString(),
      selection: { anchor: text.length },
      extensions: [
        Prec.high(
          keymap.of([
            { key: 'Mod-Enter', run: () => run(on.submit) },
            { key: 'Escape', run: () => run(on.escape) },
            ...yUndoManagerKeymap,
          ]),
        ),
        keymap.of(standardKeymap),
        EditorView.lineWrapping,
        EditorView.editable.of(!board.readOnly),
        placeholder(hint),
        EditorView.contentAttributes.of({ 'aria-label': 'Shared draft', spellcheck: 'true', dir: 'auto' }),
        // Without awareness: its cursors are replaced by ours.
        yCollab(text, null),
        cursors(awareness),
        cursorTheme,
        theme,
      ],
    }),
  })
}

function run(act: () => void): boolean {
  act()
  return true
}

const theme = EditorView.theme({
  '&': { fontSize: 'inherit', color: 'var(--color-ink)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--font-sans)',
    lineHeight: '22px',
    maxHeight: '40dvh',
    overflowY: 'auto',
  },
  '.cm-content': { padding: '20px 14px 8px', minHeight: '64px', caretColor: 'var(--color-ink)' },
  '.cm-line': { padding: '0' },
  '.cm-placeholder': { color: 'var(--color-faint)' },
})
