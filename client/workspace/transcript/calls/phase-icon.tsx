import {
  Ban,
  Check,
  CircleAlert,
  CircleHelp,
  CircleStop,
  Clock3,
  LoaderCircle,
  type LucideIcon,
  PencilLine,
} from 'lucide-react'
import type { CallPhase } from './call-phase.ts'

const ICONS: Record<CallPhase, { Icon: LucideIcon; className: string }> = {
  asks: { Icon: Clock3, className: 'text-amber' },
  waits: { Icon: Clock3, className: 'text-faint' },
  runs: { Icon: LoaderCircle, className: 'spin text-dim' },
  done: { Icon: Check, className: 'text-good' },
  failed: { Icon: CircleAlert, className: 'text-bad' },
  denied: { Icon: Ban, className: 'text-faint' },
  replaced: { Icon: PencilLine, className: 'text-faint' },
  stopped: { Icon: CircleStop, className: 'text-faint' },
  unknown: { Icon: CircleHelp, className: 'text-bad' },
}

export function PhaseIcon({ phase }: { phase: CallPhase }) {
  const { Icon, className } = ICONS[phase]
  return <Icon size={14} className={`shrink-0 ${className}`} aria-hidden />
}
