import type { Links } from 'marked'
import { memo, useMemo, useState } from 'react'
import { BlockSplitter, tokensOf } from './blocks.ts'
import { completed } from './completed.ts'
import { renderBlocks, type Where } from './render-blocks.tsx'

export interface MarkdownProps {
  text: string
  streaming?: boolean
}

/** Somebody's words as a document. While they stream only the last block is read and drawn again. */
export const Markdown = memo(function Markdown({ text, streaming = false }: MarkdownProps) {
  const [splitter] = useState(() => new BlockSplitter())
  // What has ended is read once as a whole: a growing text may have been split before its meaning was known.
  const whole = useMemo(() => (streaming ? null : new BlockSplitter().split(text)), [streaming, text])
  const { blocks, links } = whole ?? splitter.split(text)
  const top = topHeadingOf(blocks)
  return (
    <div className={streaming ? 'prose streaming' : 'prose'} dir="auto">
      {blocks.map((block, i) => {
        const growing = streaming && i === blocks.length - 1
        return (
          <Block
            // biome-ignore lint/suspicious/noArrayIndexKey: blocks only grow at the end
            key={i}
            source={growing ? completed(block) : block}
            links={links}
            topHeading={top}
            growing={growing}
          />
        )
      })}
    </div>
  )
})

interface BlockProps extends Where {
  source: string
  links: Links
}

const Block = memo(function Block({ source, links, topHeading, growing }: BlockProps) {
  return useMemo(
    () => renderBlocks(tokensOf(source, links), { topHeading, growing }),
    [source, links, topHeading, growing],
  )
})

/** The highest heading of a text: where its own order of headings begins. */
function topHeadingOf(blocks: readonly string[]): number {
  const depths = blocks.flatMap((block) => /^ {0,3}(#{1,6})\s/.exec(block)?.[1]?.length ?? [])
  return depths.length > 0 ? Math.min(...depths) : 1
}
