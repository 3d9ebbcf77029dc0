import type { MarkedToken, Token } from 'marked'
import { Fragment, type ReactNode } from 'react'
import { Marked } from '../../mentions/mark-context.ts'
import { decodeEntities } from './entities.ts'
import { hostOf, resourceIn, safeUrl } from './links.ts'
import { ResourceChip } from './resource-chip.tsx'

/** Inline tokens as elements; raw HTML stays the text that it is. */
export function renderInline(tokens: readonly Token[]): ReactNode {
  return tokens.map((token, i) => {
    // biome-ignore lint/suspicious/noArrayIndexKey: tokens have no other identity
    return <Fragment key={i}>{renderOne(token as MarkedToken)}</Fragment>
  })
}

function renderOne(token: MarkedToken): ReactNode {
  switch (token.type) {
    case 'text':
      return token.tokens ? renderInline(token.tokens) : withMentions(decodeEntities(token.text))
    case 'escape':
      return token.text
    case 'strong':
      return <strong>{renderInline(token.tokens)}</strong>
    case 'em':
      return <em>{renderInline(token.tokens)}</em>
    case 'del':
      return <del>{renderInline(token.tokens)}</del>
    case 'codespan':
      return <code>{token.text}</code>
    case 'br':
      return <br />
    case 'checkbox':
      // Its item has one.
      return null
    case 'link':
      return <Link href={token.href} text={token.text} label={renderInline(token.tokens)} />
    case 'image':
      // Nothing is loaded from where a model says: the address would tell that and by whom it was read.
      return (
        <Link href={token.href} text={token.text} label={`Image: ${token.text || 'without description'}`} />
      )
    case 'html':
      return /^<br\s*\/?>$/i.test(token.raw.trim()) ? <br /> : token.raw
    default:
      return token.raw
  }
}

const withMentions = (text: string) => (text.includes('@') ? <Marked>{text}</Marked> : text)

/** A link says where it leads, unless its own words are that. */
function Link({ href, text, label }: { href: string; text: string; label: ReactNode }) {
  const resource = resourceIn(href)
  if (resource !== null) return <ResourceChip id={resource} title={text.replace(/\\(.)/g, '$1')} />
  const url = safeUrl(href)
  if (url === null) return label
  const host = hostOf(url)
  const told = host === null || text.replace(/^https?:\/\//i, '').startsWith(host)
  return (
    <>
      <a href={url.href} target="_blank" rel="noreferrer noopener nofollow">
        {label}
      </a>
      {!told && <span className="origin"> ({host})</span>}
    </>
  )
}
