import type { MarkedToken, Token } from 'marked'
import { BlockSplitter, tokensOf } from '../transcript/markdown/blocks.ts'
import { decodeEntities } from '../transcript/markdown/entities.ts'
import { type Finder, isOf, piecesOf } from './mentions.ts'

/** Whether a message mentions this name, where the transcript would mark it. */
export function isSpokenTo(markdown: string, finder: Finder, name: string): boolean {
  if (!markdown.includes('@')) return false
  const { blocks, links } = new BlockSplitter().split(markdown)
  const texts = blocks.flatMap((block) => textsOf(tokensOf(block, links)))
  return texts.some((text) => piecesOf(text, finder).some((piece, i) => i % 2 === 1 && isOf(piece, name)))
}

/** What is text, and neither code nor HTML. */
function textsOf(tokens: readonly Token[]): string[] {
  return (tokens as MarkedToken[]).flatMap((token) => {
    if (token.type === 'list') return token.items.flatMap((item) => textsOf(item.tokens))
    if (token.type === 'table')
      return [token.header, ...token.rows].flat().flatMap((cell) => textsOf(cell.tokens))
    if ('tokens' in token && token.tokens) return textsOf(token.tokens)
    return token.type === 'text' ? [decodeEntities(token.text)] : []
  })
}
