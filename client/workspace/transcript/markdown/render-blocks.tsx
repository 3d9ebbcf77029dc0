import type { MarkedToken, Token, Tokens } from 'marked'
import { createElement, Fragment, type ReactNode } from 'react'
import { CodeBlock } from './code-block.tsx'
import { renderInline } from './render-inline.tsx'
import { Table } from './table.tsx'

export interface Where {
  /** The highest heading of the text. */
  topHeading: number
  /** More may come behind it. */
  growing: boolean
}

/**
 * Block tokens as elements. What is not in this list is shown as the text it was written as, so nothing that a
 * model or a person writes can become an element of its own choosing.
 */
export function renderBlocks(tokens: readonly Token[], where: Where): ReactNode {
  return tokens.map((token, i) => {
    const growing = where.growing && i === tokens.length - 1
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no other identity
    return <Fragment key={i}>{renderBlock(token as MarkedToken, { ...where, growing })}</Fragment>
  })
}

function renderBlock(token: MarkedToken, where: Where): ReactNode {
  switch (token.type) {
    case 'space':
    case 'def':
      return null
    case 'heading':
      return renderHeading(token, where.topHeading)
    case 'paragraph':
      return <p dir="auto">{renderInline(token.tokens)}</p>
    case 'text':
      return token.tokens ? renderInline(token.tokens) : token.text
    case 'code':
      return <CodeBlock code={token.text} language={languageIn(token)} growing={where.growing} />
    case 'blockquote':
      return <blockquote dir="auto">{renderBlocks(token.tokens, where)}</blockquote>
    case 'hr':
      return <hr />
    case 'list':
      return renderList(token, where)
    case 'table':
      return <Table table={token} />
    default:
      return <p dir="auto">{token.raw.trim()}</p>
  }
}

function languageIn({ lang = '' }: Tokens.Code): string {
  return lang.trim().split(/\s/)[0] ?? ''
}

/** The page's own headings are h1 and h2; those of a text begin below them, and look as they were meant. */
function renderHeading({ depth, tokens }: Tokens.Heading, topHeading: number): ReactNode {
  const level = Math.min(6, Math.max(0, depth - topHeading) + 3)
  return createElement(`h${level}`, { dir: 'auto', className: `depth-${depth}` }, renderInline(tokens))
}

function renderList({ ordered, start, items }: Tokens.List, where: Where): ReactNode {
  const rows = items.map((item, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: items only grow at the end
    <li key={i} className={item.task ? 'task' : undefined} dir="auto">
      {item.task && (
        <input
          type="checkbox"
          disabled
          checked={item.checked === true}
          readOnly
          aria-label={item.checked ? 'Done' : 'To do'}
          className="mr-1.5 align-[-2px] accent-accent"
        />
      )}
      {renderBlocks(
        item.tokens.filter(({ type }) => type !== 'checkbox'),
        { ...where, growing: where.growing && i === items.length - 1 },
      )}
    </li>
  ))
  return ordered ? <ol start={start === '' ? 1 : start}>{rows}</ol> : <ul>{rows}</ul>
}
