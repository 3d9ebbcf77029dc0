import { ArrowUp } from 'lucide-react'
import { useRef, useState } from 'react'
import { useLocation } from 'wouter'
import { keepFirstPrompt } from '../composer/first-prompt.ts'
import { ModelPicker } from '../composer/model-picker.tsx'
import { PromptField } from '../composer/prompt-field.tsx'
import { Button } from '../parts/button.tsx'
import { cleanName } from '../parts/names.ts'
import { tellRefusal } from '../parts/toasts.tsx'
import { useAccount } from '../sign-in/account.ts'
import { sessionPath } from '../sign-in/entry.ts'
import { EXAMPLES } from './examples.ts'

const TITLE_LENGTH = 60

/** The first question of a session that does not exist yet. */
export function FirstPromptForm() {
  const { workspace, me } = useAccount()
  const [, navigate] = useLocation()
  const [text, setText] = useState('')
  const [model, setModel] = useState<string | undefined>(undefined)
  const [busy, setBusy] = useState(false)
  const focusRef = useRef<(() => void) | null>(null)
  const ready = text.trim() !== '' && !busy

  const start = async () => {
    if (!ready) return
    setBusy(true)
    try {
      const { id } = await workspace.createSession(titleOf(text))
      keepFirstPrompt(id, { text: text.trim(), model })
      navigate(sessionPath(id))
    } catch (error) {
      tellRefusal(error)
      setBusy(false)
    }
  }

  return (
    <>
      <h1 className="font-semibold text-xl tracking-tight">
        What should we work on, <bdi>{cleanName(me.name).split(' ')[0]}</bdi>?
      </h1>
      <p className="mt-1 text-dim">
        Your first question starts a session. Share it, and everyone asks the same assistant in one order.
      </p>
      <div className="mt-5 rounded-lg border border-line-2 bg-raised transition-colors focus-within:border-accent">
        <PromptField
          value={text}
          label="First prompt"
          placeholder="Ask something that several of you need answered"
          rows={3}
          autoFocus={matchMedia('(pointer: fine)').matches}
          focusRef={focusRef}
          onChange={setText}
          onSubmit={start}
        />
        <div className="flex items-center gap-2 px-1.5 pb-1.5">
          <ModelPicker value={model} onChange={setModel} />
          <span className="flex-1" />
          <Button kind="fill" disabled={!ready} onClick={start}>
            Start session
            <ArrowUp size={15} aria-hidden />
          </Button>
        </div>
      </div>
      <ul aria-label="Examples" className="mt-3 grid gap-2 sm:grid-cols-3">
        {EXAMPLES.map((example) => (
          <li key={example.title}>
            <button
              type="button"
              onClick={() => {
                setText(example.text)
                focusRef.current?.()
              }}
              className="flex h-full w-full flex-col rounded-md border border-line px-3 py-2.5 text-left transition-colors hover:border-line-2 hover:bg-wash"
            >
              <span className="block font-medium text-sm">{example.title}</span>
              <span className="mt-0.5 line-clamp-2 text-faint text-xs">{example.text}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  )
}

/** The first sentence of the first line; cut at a word where that is too long. */
function titleOf(text: string): string {
  const line = text.trim().split('\n')[0] ?? ''
  if (line.length <= TITLE_LENGTH) return line
  const sentence = /^(.{8,}?[^.])[.?!](?=\s)/.exec(line)?.[1]
  if (sentence !== undefined && sentence.length <= TITLE_LENGTH) return sentence
  const cut = line.slice(0, TITLE_LENGTH)
  return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), TITLE_LENGTH / 2))}…`
}
