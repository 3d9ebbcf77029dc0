import { Check, Copy } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../parts/button.tsx'
import { copyText } from '../parts/copy.ts'

export function CopyLink({ url, label, primary = false }: { url: string; label: string; primary?: boolean }) {
  const [copied, setCopied] = useState(false)
  return (
    <div className="flex gap-2">
      <input
        readOnly
        aria-label={label}
        value={url}
        onFocus={({ target }) => target.select()}
        className="h-8 min-w-0 flex-1 truncate rounded-md border border-line-2 bg-side px-2.5 font-mono text-dim text-xs"
      />
      <Button kind={primary ? 'fill' : 'line'} onClick={async () => setCopied(await copyText(url))}>
        {copied ? <Check size={14} aria-hidden /> : <Copy size={14} aria-hidden />}
        {copied ? 'Copied' : 'Copy'}
      </Button>
    </div>
  )
}
