import type { PersonRef } from '@colloquy/client'
import type { CSSProperties } from 'react'
import { hueOf, initialsOf } from './names.ts'

const SIZES = {
  20: 'size-5 text-[9px]',
  24: 'size-6 text-[10px]',
  28: 'size-7 text-[11px]',
} as const

export interface AvatarProps {
  person: PersonRef
  size?: keyof typeof SIZES
  className?: string
}

/** Always beside or titled with the name: nobody is known by colour alone. */
export function Avatar({ person, size = 28, className = '' }: AvatarProps) {
  return (
    <span
      aria-hidden
      className={`of-person grid shrink-0 select-none place-items-center rounded-full font-semibold tracking-tight ${SIZES[size]} ${className}`}
      style={{ '--hue': hueOf(person.id) } as CSSProperties}
    >
      {initialsOf(person.name)}
    </span>
  )
}

/** The assistant has no colour: ink. */
export function AssistantMark({ size = 28 }: { size?: number }) {
  return (
    <svg
      aria-hidden="true"
      width={size}
      height={size}
      viewBox="0 0 28 28"
      className="shrink-0 text-ink"
      fill="none"
    >
      <rect width="28" height="28" rx="8" fill="currentColor" />
      <path
        d="M18.3 10.4a5.6 5.6 0 1 0 0 7.2"
        stroke="var(--color-bg)"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
      <circle cx="14.2" cy="14" r="1.6" fill="var(--color-bg)" />
    </svg>
  )
}
