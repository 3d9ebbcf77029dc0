import type { Resource } from '@colloquy/client/team'
import { useCallback, useEffect, useState } from 'react'
import { codeOf } from '../parts/refusals.ts'
import { useAccount } from '../sign-in/account.ts'

/** Nobody tells a page that a resource has come or gone. */
const EVERY_MS = 30_000

export interface Resources {
  /** Null: not known yet. */
  resources: readonly Resource[] | null
  /** The code with which reading them failed. */
  failed: string | null
  read: () => void
}

/** What one may read of the workspace's resources, newest first, read again now and then while it is shown. */
export function useResources(): Resources {
  const { workspace } = useAccount()
  const [resources, setResources] = useState<readonly Resource[] | null>(null)
  const [failed, setFailed] = useState<string | null>(null)
  const read = useCallback(() => {
    workspace.resources().then(
      (found) => {
        setResources(found)
        setFailed(null)
      },
      (error: unknown) => setFailed(codeOf(error)),
    )
  }, [workspace])
  useEffect(() => {
    const look = () => {
      if (document.visibilityState !== 'hidden') read()
    }
    look()
    const timer = setInterval(look, EVERY_MS)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [read])
  return { resources, failed, read }
}
