import { EVERYONE } from '@colloquy/shared/audience'
import { type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { peopleOf } from '../audience/choice.ts'
import { useChosen } from '../audience/use-choice.ts'
import { announce } from '../parts/announcer.tsx'
import { Avatar } from '../parts/avatar.tsx'
import { Name } from '../parts/name.tsx'
import { cleanName } from '../parts/names.ts'
import { useAccount } from '../sign-in/account.ts'
import { offeredFor, typedAt } from './typed.ts'

export interface MentionListProps {
  field: RefObject<HTMLTextAreaElement | null>
  /** What stands in the field. */
  text: string
}

/** Offers those who will read the prompt, for the name that is being written. Focus stays in the field. */
export default function MentionList({ field, text }: MentionListProps) {
  const id = useId()
  const { userId } = useAccount().me
  const { choice, candidates } = useChosen()
  const caret = useCaret(field, text)
  /** Where the `@` is for which the list was closed. */
  const [closed, setClosed] = useState<number | null>(null)
  const typed = caret === null ? null : typedAt(text, caret)
  const readers = peopleOf(choice, userId, candidates)
  const others = candidates.members.filter(
    (member) => member.id !== userId && (readers === EVERYONE || readers.includes(member.id)),
  )
  const offered = typed && typed.from !== closed ? offeredFor(others, typed.query) : []
  const [active, move] = useActive(typed?.query ?? '', offered.length)
  const open = offered.length > 0

  const none = typed === null
  useEffect(() => {
    if (none) setClosed(null)
  }, [none])
  useEffect(() => {
    if (open) announce(`${offered.length} ${offered.length === 1 ? 'person' : 'people'} to mention`)
  }, [open, offered.length])
  useDescribed(field, open ? { list: id, option: `${id}${active}` } : null)

  const close = () => setClosed(typed?.from ?? null)
  const pick = (index: number) => {
    const person = offered[index]
    const element = field.current
    if (!typed || !person || !element || caret === null) return
    close()
    element.focus()
    element.setSelectionRange(typed.from, caret)
    // The only way to write that can be undone like typing.
    document.execCommand('insertText', false, `@${cleanName(person.name)} `)
  }
  useKeys(field, open, {
    ArrowDown: () => move(1),
    ArrowUp: () => move(-1),
    Enter: () => pick(active),
    Tab: () => pick(active),
    Escape: close,
  })
  if (!open) return null
  return (
    <div
      id={id}
      role="listbox"
      aria-label="Whom to mention"
      className="enter absolute bottom-full left-0 z-10 mb-1.5 w-[min(280px,100%)] rounded-md border border-line bg-raised p-1 shadow-float"
    >
      {offered.map((person, i) => (
        // biome-ignore lint/a11y/useKeyWithClickEvents: the field has the keys
        // biome-ignore lint/a11y/useFocusableInteractive: focus stays in the field
        <div
          key={person.id}
          id={`${id}${i}`}
          role="option"
          aria-selected={i === active}
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => pick(i)}
          className="flex h-8 cursor-pointer items-center gap-2 rounded-sm px-2 text-sm hover:bg-wash aria-selected:bg-wash-2 max-md:h-10"
        >
          <Avatar person={person} size={20} />
          <Name className="min-w-0 truncate">{person.name}</Name>
        </div>
      ))}
    </div>
  )
}

/** Where the caret is; null: something is selected, or the field has no focus. */
function useCaret(field: RefObject<HTMLTextAreaElement | null>, text: string): number | null {
  const [caret, setCaret] = useState<number | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: read again for every text
  useLayoutEffect(() => {
    const read = () => {
      const element = field.current
      const at = element && document.activeElement === element ? element.selectionStart : null
      setCaret(at === element?.selectionEnd ? at : null)
    }
    read()
    const element = field.current
    document.addEventListener('selectionchange', read)
    element?.addEventListener('blur', read)
    element?.addEventListener('focus', read)
    return () => {
      document.removeEventListener('selectionchange', read)
      element?.removeEventListener('blur', read)
      element?.removeEventListener('focus', read)
    }
  }, [field, text])
  return caret
}

/** Which of `count` is chosen: the first again, whenever something else is looked for. */
function useActive(query: string, count: number): [number, (by: number) => void] {
  const [at, setAt] = useState({ query, index: 0 })
  const index = at.query === query ? Math.min(at.index, count - 1) : 0
  return [index, (by) => setAt({ query, index: (index + by + count) % count })]
}

/** Tells those who listen which option the keys are at. */
function useDescribed(
  field: RefObject<HTMLTextAreaElement | null>,
  open: { list: string; option: string } | null,
): void {
  const { list, option } = open ?? {}
  useLayoutEffect(() => {
    const element = field.current
    if (!element || list === undefined || option === undefined) return
    element.setAttribute('aria-autocomplete', 'list')
    element.setAttribute('aria-controls', list)
    element.setAttribute('aria-activedescendant', option)
    return () => {
      for (const name of ['autocomplete', 'controls', 'activedescendant']) {
        element.removeAttribute(`aria-${name}`)
      }
    }
  }, [field, list, option])
}

/** Keys that are the list's while it is open: the field does not hear them. */
function useKeys(
  field: RefObject<HTMLTextAreaElement | null>,
  open: boolean,
  keys: Readonly<Record<string, () => void>>,
): void {
  const latest = useRef(keys)
  useLayoutEffect(() => {
    latest.current = keys
  })
  useEffect(() => {
    const element = field.current
    if (!element || !open) return
    const pressed = (event: KeyboardEvent) => {
      // A word that is being composed has its own Enter; Safari tells of that by the key code alone.
      const composing = event.isComposing || event.keyCode === 229
      const modified = event.shiftKey || event.ctrlKey || event.metaKey || event.altKey
      const act = composing || modified ? undefined : latest.current[event.key]
      if (!act) return
      event.preventDefault()
      event.stopPropagation()
      act()
    }
    element.addEventListener('keydown', pressed)
    return () => element.removeEventListener('keydown', pressed)
  }, [field, open])
}
