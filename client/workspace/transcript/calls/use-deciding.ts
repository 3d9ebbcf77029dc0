import { ColloquyError } from '@colloquy/client'
import { type PendingCall, useApprovals } from '@colloquy/client/react'
import { useState } from 'react'
import { tellRefusal } from '../../parts/toasts.tsx'
import { useKept } from '../../parts/use-kept.ts'

/** What the reader is doing about a call that waits. `call` is undefined where nothing can be done from here. */
export function useDeciding(
  callId: string,
  call: PendingCall | undefined,
  args: string,
  onDecided: () => void,
) {
  const approvals = useApprovals()
  const [busy, setBusy] = useState(false)
  const [refused, setRefused] = useState<string | null>(null)
  const [edited, setEdited] = useKept<string | null>(`edit/${callId}`, null)

  const act = (decide: (call: PendingCall) => Promise<void>, failed: (error: unknown) => void) => {
    if (!call || busy) return
    setBusy(true)
    decide(call)
      .catch(failed)
      .finally(() => setBusy(false))
  }
  const decide = (decision: (call: PendingCall) => Promise<void>) => {
    onDecided()
    act(decision, tellRefusal)
  }
  return {
    busy,
    /** Why the last change was refused, in the server's words. */
    refused,
    /** What is written in place of the arguments; null: nothing. */
    edited,
    allow: () => decide(approvals.allow),
    deny: () => decide(approvals.deny),
    edit: () => setEdited(args),
    write: (text: string) => {
      setRefused(null)
      setEdited(text)
    },
    cancel: () => {
      setRefused(null)
      setEdited(null)
      onDecided()
    },
    propose: (proposed: Record<string, unknown>) =>
      act(
        async (one) => {
          await approvals.edit(one, proposed)
          setEdited(null)
          onDecided()
        },
        (error) => {
          // What the tool does not take is said by the server; the words stay where they can be mended.
          if (error instanceof ColloquyError && error.code === 'MALFORMED') setRefused(error.message)
          else tellRefusal(error)
        },
      ),
  }
}

export type Deciding = ReturnType<typeof useDeciding>
