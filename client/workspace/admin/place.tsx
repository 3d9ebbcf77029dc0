import type { ReactNode } from 'react'

export interface PlaceProps {
  title: string
  /** What there is to know about it, in a sentence or two. */
  text: ReactNode
  children: ReactNode
}

/** One place of the admin pages. */
export function Place({ title, text, children }: PlaceProps) {
  return (
    <section aria-label={title}>
      <h2 className="font-semibold text-lg tracking-tight">{title}</h2>
      <p className="max-w-[560px] pt-0.5 pb-5 text-dim text-sm">{text}</p>
      {children}
    </section>
  )
}

/** Said where there is nothing to list. */
export function Nothing({ children }: { children: ReactNode }) {
  return <p className="border-line border-y py-6 text-center text-faint text-sm">{children}</p>
}
