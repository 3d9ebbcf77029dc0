import type { LucideIcon } from 'lucide-react'
import { type KeyboardEvent, type ReactNode, useId, useRef } from 'react'

interface Tab<T extends string> {
  id: T
  label: string
  Icon: LucideIcon
}

export interface SectionTabsProps<T extends string> {
  label: string
  tabs: readonly Tab<T>[]
  current: T
  onChange: (id: T) => void
  children: ReactNode
}

const STEPS: Record<string, number> = { ArrowUp: -1, ArrowLeft: -1, ArrowDown: 1, ArrowRight: 1 }

/** One place at a time: its tabs stand beside it, or above it where there is no room. */
export function SectionTabs<T extends string>(props: SectionTabsProps<T>) {
  const { label, tabs, current, onChange, children } = props
  const id = useId()
  const list = useRef<HTMLDivElement>(null)
  const move = (event: KeyboardEvent) => {
    const at = tabs.findIndex((tab) => tab.id === current)
    const step = STEPS[event.key]
    const to = step === undefined ? ends(event.key, tabs.length) : (at + step + tabs.length) % tabs.length
    const next = to === undefined ? undefined : tabs[to]
    if (!next) return
    event.preventDefault()
    onChange(next.id)
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus()
  }
  return (
    <div className="flex h-[min(560px,calc(100dvh-120px))] max-sm:flex-col">
      <div
        ref={list}
        role="tablist"
        aria-label={label}
        onKeyDown={move}
        className="flex shrink-0 gap-0.5 border-line bg-side p-2 max-sm:overflow-x-auto max-sm:border-b sm:w-44 sm:flex-col sm:rounded-bl-lg sm:border-r"
      >
        {tabs.map(({ id: each, label: name, Icon }) => (
          <button
            key={each}
            id={`${id}${each}`}
            type="button"
            role="tab"
            data-tab={each}
            aria-selected={each === current}
            aria-controls={`${id}panel`}
            tabIndex={each === current ? 0 : -1}
            onClick={() => onChange(each)}
            className="flex h-8 shrink-0 items-center gap-2 rounded-md px-2 text-dim text-sm transition-colors hover:bg-wash hover:text-ink aria-selected:bg-wash-2 aria-selected:font-medium aria-selected:text-ink"
          >
            <Icon size={14} aria-hidden className="max-sm:hidden" />
            {name}
          </button>
        ))}
      </div>
      <div
        key={current}
        id={`${id}panel`}
        role="tabpanel"
        aria-labelledby={`${id}${current}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        className="scroll min-h-0 min-w-0 flex-1 p-4 sm:px-6 sm:py-5"
      >
        {children}
      </div>
    </div>
  )
}

function ends(key: string, count: number): number | undefined {
  return key === 'Home' ? 0 : key === 'End' ? count - 1 : undefined
}
