import { Button } from './button.tsx'
import type { Act } from './use-act.ts'

export interface DialogEndProps {
  act: Pick<Act, 'busy' | 'problem'>
  /** What the button says. */
  label: string
  /** False: something is still missing. */
  ready: boolean
  onCancel: () => void
  /** Without it the button submits the form that this ends. */
  onAct?: () => void
}

/** The end of a dialog that does something: why it was refused, and the two ways out. */
export function DialogEnd({ act, label, ready, onCancel, onAct }: DialogEndProps) {
  return (
    <>
      {act.problem !== null && (
        <p role="alert" className="text-bad text-sm">
          {act.problem}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>Cancel</Button>
        <Button type={onAct ? 'button' : 'submit'} kind="fill" disabled={!ready || act.busy} onClick={onAct}>
          {label}
        </Button>
      </div>
    </>
  )
}
