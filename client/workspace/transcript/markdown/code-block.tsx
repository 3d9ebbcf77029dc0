import { Check, Copy } from 'lucide-react'
import { memo, useEffect, useState } from 'react'
import { copyText } from '../../parts/copy.ts'
import type { Line } from './colours/protocol.ts'
import { useColours } from './use-colours.ts'

const SAID_MS = 1_600

export interface CodeBlockProps {
  code: string
  language: string
  /** More of it may come. */
  growing: boolean
}

export const CodeBlock = memo(function CodeBlock({ code, language, growing }: CodeBlockProps) {
  const coloured = useColours(code, language, growing)
  return (
    <div className="code" dir="ltr">
      <div className="flex h-8 items-center justify-between border-line border-b pr-1 pl-3 text-faint text-xs">
        <span className="truncate font-mono">{language || 'text'}</span>
        <CopyButton text={code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {coloured && <Lines lines={coloured.lines} />}
          {code.slice(coloured?.text.replace(/\n$/, '').length ?? 0)}
        </code>
      </pre>
    </div>
  )
})

/** Lines, with what is between them. */
const Lines = memo(function Lines({ lines }: { lines: readonly Line[] }) {
  // biome-ignore lint/suspicious/noArrayIndexKey: lines only come behind those that are there
  return lines.map((line, i) => <ColouredLine key={i} line={line} first={i === 0} />)
})

const ColouredLine = memo(function ColouredLine({ line, first }: { line: Line; first: boolean }) {
  return (
    <>
      {!first && '\n'}
      {line.map(([text, colour], i) =>
        colour === null ? (
          text
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
          <span key={i} style={{ color: colour }}>
            {text}
          </span>
        ),
      )}
    </>
  )
})

function CopyButton({ text }: { text: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), SAID_MS)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <button
      type="button"
      aria-label="Copy the code"
      className="flex h-6 items-center gap-1 rounded-sm px-1.5 transition-colors hover:bg-wash-2 hover:text-ink"
      onClick={async () => setCopied(await copyText(text))}
    >
      {copied ? <Check size={13} aria-hidden /> : <Copy size={13} aria-hidden />}
      {copied ? 'Copied' : 'Copy'}
    </button>
  )
}
