import type { ReactNode } from 'react'

export interface HeadingProps {
  title: string
  /** What there is to know about it, in a sentence or two. */
  children?: ReactNode
}

/** The beginning of a place in settings. */
export function Heading({ title, children }: HeadingProps) {
  return (
    <div className="pb-4">
      <h3 className="font-semibold">{title}</h3>
      {children !== undefined && <p className="pt-0.5 text-dim text-sm">{children}</p>}
    </div>
  )
}
