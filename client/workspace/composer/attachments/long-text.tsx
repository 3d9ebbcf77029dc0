import { Button } from '../../parts/button.tsx'

export interface LongTextProps {
  /** More than a prompt may have. */
  tooLong: boolean
  onAttach: () => void
  onKeep: () => void
}

/** What is long reads better beside the question than in it. */
export function LongText({ tooLong, onAttach, onKeep }: LongTextProps) {
  return (
    <p role="status" className="flex flex-wrap items-center gap-x-2 px-3.5 pt-1.5 text-dim text-xs">
      {tooLong ? (
        <span className="text-bad">Too long for a prompt: at most 64 kB.</span>
      ) : (
        <span>You pasted a long text.</span>
      )}
      <Button size="sm" kind="quiet" onClick={onAttach}>
        Attach it as a file
      </Button>
      {!tooLong && (
        <Button size="sm" kind="quiet" onClick={onKeep}>
          Keep it here
        </Button>
      )}
    </p>
  )
}
