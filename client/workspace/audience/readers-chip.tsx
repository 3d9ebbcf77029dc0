import { Lock } from 'lucide-react'

export interface ReadersChipProps {
  words: string
  className?: string
  /** Turns the composer to the same readers. */
  onClick?: () => void
}

/** Says who reads something that not everybody does. */
export function ReadersChip({ words, className = '', onClick }: ReadersChipProps) {
  const shape = `inline-flex min-w-0 items-baseline gap-1 text-private text-xs ${className}`
  const inside = (
    <>
      <Lock size={11} className="shrink-0 self-center" aria-hidden />
      <bdi className="min-w-0 truncate">{words}</bdi>
    </>
  )
  if (!onClick) {
    return (
      <span className={shape} title={words}>
        {inside}
      </span>
    )
  }
  return (
    <button
      type="button"
      onClick={onClick}
      title={`${words}. Ask the same readers`}
      className={`${shape} rounded-sm py-1 underline-offset-2 hover:underline`}
    >
      {inside}
    </button>
  )
}
