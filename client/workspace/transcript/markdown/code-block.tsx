import { Check, Copy } from 'lucide-react'
import { memo, useEffect, useState } from 'react'
import { copyText } from '../../parts/copy.ts'
import { highlight } from './highlight.ts'

const SAID_MS = 1_600

export const CodeBlock = memo(function CodeBlock({ code, language }: { code: string; language: string }) {
  return (
    <div className="code" dir="ltr">
      <div className="flex h-8 items-center justify-between border-line border-b pr-1 pl-3 text-faint text-xs">
        <span className="truncate font-mono">{language || 'text'}</span>
        <CopyButton text={code} />
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls sideways must be reachable by keyboard */}
      <pre tabIndex={0}>
        <code>
          {highlight(code, language).map(({ text, kind }, i) =>
            kind ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other identity
              <span key={i} className={`tok-${kind}`}>
                {text}
              </span>
            ) : (
              text
            ),
          )}
        </code>
      </pre>
    </div>
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
