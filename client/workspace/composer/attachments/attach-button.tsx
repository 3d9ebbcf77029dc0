import { Paperclip } from 'lucide-react'
import { useRef } from 'react'
import { IconButton } from '../../parts/button.tsx'

const TAKEN = '.txt,.text,.log,.md,.markdown,.csv,.tsv,.json,.pdf,text/*,application/json,application/pdf'

export default function AttachButton({ onFiles }: { onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null)
  return (
    <>
      <IconButton label="Attach files" onClick={() => input.current?.click()}>
        <Paperclip size={15} aria-hidden />
      </IconButton>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={TAKEN}
        aria-label="Files to attach"
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])])
          // The same file may be chosen again.
          target.value = ''
        }}
      />
    </>
  )
}
