import { useState } from 'react'
import { codeOf, sentenceFor } from './refusals.ts'

export interface Act {
  /** It runs. */
  busy: boolean
  /** Why it was refused. */
  problem: string | null
  /** One at a time: a second press while it runs does nothing. */
  run: (act: () => Promise<void>) => Promise<void>
  /** What was refused is being changed. */
  forget: () => void
}

/** What a form or a dialog does at the server. */
export function useAct(): Act {
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  return {
    busy,
    problem,
    run: async (act) => {
      if (busy) return
      setBusy(true)
      setProblem(null)
      try {
        await act()
      } catch (error) {
        setProblem(sentenceFor(codeOf(error)))
      } finally {
        setBusy(false)
      }
    },
    forget: () => setProblem(null),
  }
}
