import type { ComponentProps, ReactNode } from 'react'

const KINDS = {
  fill: 'bg-fill text-on-fill hover:bg-fill-2 disabled:bg-wash-2 disabled:text-faint',
  line: 'border border-line-2 bg-raised hover:bg-wash disabled:text-faint',
  quiet: 'text-dim hover:bg-wash hover:text-ink disabled:text-faint',
  bad: 'border border-line-2 text-bad hover:bg-wash disabled:text-faint',
} as const

const SIZES = {
  sm: 'h-7 px-2 text-sm gap-1.5 rounded-sm',
  md: 'h-8 px-3 text-sm gap-2 rounded-md',
  lg: 'h-10 px-4 gap-2 rounded-md',
} as const

export interface ButtonProps extends ComponentProps<'button'> {
  kind?: keyof typeof KINDS
  size?: keyof typeof SIZES
}

export function Button({ kind = 'line', size = 'md', className = '', ...props }: ButtonProps) {
  return (
    <button
      type="button"
      {...props}
      className={`inline-flex shrink-0 items-center justify-center whitespace-nowrap font-medium transition-colors ${KINDS[kind]} ${SIZES[size]} ${className}`}
    />
  )
}

export interface IconButtonProps extends Omit<ComponentProps<'button'>, 'aria-label' | 'title'> {
  label: string
  children: ReactNode
}

/** An icon with a name: it is spoken, and shown on hover. */
export function IconButton({ label, className = '', children, ...props }: IconButtonProps) {
  return (
    <button
      type="button"
      {...props}
      aria-label={label}
      title={label}
      className={`grid size-7 shrink-0 place-items-center rounded-sm text-dim transition-colors hover:bg-wash hover:text-ink disabled:text-line-2 ${className}`}
    >
      {children}
    </button>
  )
}
