import type { LucideIcon } from 'lucide-react'
import { useEffect, useLayoutEffect, useRef } from 'react'
import { Store } from './store.ts'

/** Something that a person may do, by its name, wherever they are. */
export interface Command {
  id: string
  title: string
  /** Other words for it. */
  keywords: string
  Icon: LucideIcon
  run: () => void
}

/** What the parts that are on the screen offer. */
export const offeredCommands = new Store<readonly Command[]>([])

/** Offers a command as long as its part is on the screen. */
export function useCommand({ id, title, keywords, Icon, run }: Command): void {
  const latest = useRef(run)
  useLayoutEffect(() => {
    latest.current = run
  })
  useEffect(() => {
    const command: Command = { id, title, keywords, Icon, run: () => latest.current() }
    offeredCommands.set([...offeredCommands.read(), command])
    return () => offeredCommands.set(offeredCommands.read().filter((each) => each !== command))
  }, [id, title, keywords, Icon])
}
