import { Button } from './button.tsx'
import { Dialog } from './dialog.tsx'
import { useAct } from './use-act.ts'

export interface ConfirmActProps {
  title: string
  /** What it means, also for others. */
  text: string
  action: string
  onAct: () => Promise<void>
  onClose: () => void
}

/** Asks before something is done that cannot be undone, and stays until the server has done it. */
export function ConfirmAct({ title, text, action, onAct, onClose }: ConfirmActProps) {
  const act = useAct()
  const run = () =>
    act.run(async () => {
      await onAct()
      onClose()
    })
  return (
    <Dialog title={title} onClose={onClose}>
      <p className="text-dim">{text}</p>
      {act.problem !== null && (
        <p role="alert" className="pt-2 text-bad text-sm">
          {act.problem}
        </p>
      )}
      <div className="mt-4 flex justify-end gap-2">
        <Button onClick={onClose}>Cancel</Button>
        <Button kind="bad" disabled={act.busy} onClick={() => void run()}>
          {action}
        </Button>
      </div>
    </Dialog>
  )
}
