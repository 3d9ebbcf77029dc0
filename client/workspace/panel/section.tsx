import { type ReactNode, useId } from 'react'

export interface SectionProps {
  title: string
  /** Beside the title. */
  action?: ReactNode
  children: ReactNode
}

export function Section({ title, action, children }: SectionProps) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="border-line border-t px-4 py-3">
      <div className="flex min-h-7 items-center justify-between gap-2 pb-1">
        <h3 id={id} className="font-medium text-dim text-xs">
          {title}
        </h3>
        {action}
      </div>
      {children}
    </section>
  )
}
