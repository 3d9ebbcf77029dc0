import type { Tokens } from 'marked'
import { createElement, type ReactNode, useState } from 'react'
import { Button } from '../../parts/button.tsx'
import { inlineTokensOf } from './blocks.ts'
import { MOST_ROWS } from './bounded.ts'
import { renderInline } from './render-inline.tsx'

export function Table({ table: { header, rows } }: { table: Tokens.Table }) {
  const [all, setAll] = useState(false)
  const drawn = all ? rows : rows.slice(0, MOST_ROWS)
  return (
    <>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for what is filled in */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <div role="group" className="table" tabIndex={0} aria-label="Table">
        <table>
          <thead>
            <tr>{header.map((cell, i) => renderCell('th', cell, i))}</tr>
          </thead>
          <tbody>
            {drawn.map((row, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: rows only grow at the end
              <tr key={i}>{row.map((cell, j) => renderCell('td', cell, j))}</tr>
            ))}
          </tbody>
        </table>
      </div>
      {drawn.length < rows.length && (
        <Button size="sm" onClick={() => setAll(true)}>
          Show all {rows.length.toLocaleString('en')} rows
        </Button>
      )}
    </>
  )
}

function renderCell(tag: 'th' | 'td', { align, text, tokens }: Tokens.TableCell, key: number): ReactNode {
  const style = align ? { textAlign: align } : undefined
  return createElement(
    tag,
    { key, style, dir: 'auto' },
    renderInline(tokens.length > 0 ? tokens : inlineTokensOf(text)),
  )
}
