import { type RefObject, useLayoutEffect, useRef } from 'react'
import { isComposing } from '../parts/composing.ts'

export interface PromptFieldProps {
  value: string
  label: string
  placeholder: string
  readOnly?: boolean
  /** With a modifier where a line break must not send what others are still writing. */
  submitOn?: 'enter' | 'mod-enter'
  rows?: number
  autoFocus?: boolean
  focusRef?: RefObject<(() => void) | null>
  fieldRef?: RefObject<HTMLTextAreaElement | null>
  onChange?: (text: string) => void
  onSubmit?: () => void
  onEscape?: () => void
}

/** Grows with what is written, as far as the browser may take it. Enter submits unless a word is being composed. */
export function PromptField(props: PromptFieldProps) {
  const {
    value,
    label,
    placeholder,
    readOnly = false,
    submitOn = 'enter',
    rows = 1,
    focusRef,
    onChange,
    onSubmit,
    onEscape,
  } = props
  const ownRef = useRef<HTMLTextAreaElement>(null)
  const field = props.fieldRef ?? ownRef
  useLayoutEffect(() => {
    if (!focusRef) return
    const focus = () => field.current?.focus()
    focusRef.current = focus
    return () => {
      if (focusRef.current === focus) focusRef.current = null
    }
  }, [focusRef, field])
  // Browsers without `field-sizing`.
  // biome-ignore lint/correctness/useExhaustiveDependencies: measured again for every text
  useLayoutEffect(() => {
    const element = field.current
    if (!element || CSS.supports('field-sizing', 'content')) return
    element.style.height = 'auto'
    element.style.height = `${element.scrollHeight}px`
  }, [value])
  return (
    <textarea
      ref={field}
      aria-label={label}
      placeholder={placeholder}
      value={value}
      readOnly={readOnly}
      rows={rows}
      dir="auto"
      // biome-ignore lint/a11y/noAutofocus: the one thing to do on the screens that ask for it
      autoFocus={props.autoFocus}
      onChange={(event) => onChange?.(event.target.value)}
      onKeyDown={(event) => {
        if (isComposing(event)) return
        if (event.key === 'Escape') onEscape?.()
        const sends = submitOn === 'enter' ? !event.shiftKey : event.ctrlKey || event.metaKey
        if (event.key !== 'Enter' || !sends) return
        event.preventDefault()
        onSubmit?.()
      }}
      className="scroll field-sizing-content block max-h-[40dvh] min-h-[42px] w-full resize-none bg-transparent px-3.5 pt-2.5 pb-2 outline-none max-md:text-[16px]"
    />
  )
}
