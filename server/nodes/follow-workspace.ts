import { ColloquyError } from '@colloquy/shared'
import { WORKSPACE_STREAM, type WorkspaceStream } from '../access/workspace-stream.ts'
import { JournalError } from '../journal/journal.ts'
import type { Log } from '../log.ts'
import type { Peers } from '../session/peers.ts'

const AGAIN_MS = 200

/** Keeps what is known of people, groups and policy as it is, whichever server changes it. @returns what ends it */
export async function followWorkspace(
  stream: WorkspaceStream,
  { clock, feed, readLeases, onLoss }: Peers,
  { log, died }: { log: Log; died?: (() => void) | undefined },
): Promise<() => void> {
  const register = () => readLeases.register(WORKSPACE_STREAM)
  const failed = (err: unknown) => {
    // That the store does not answer is said where it is noticed first.
    if (err instanceof ColloquyError || err instanceof JournalError) return
    log.error({ err }, 'what has changed in the workspace could not be taken over')
  }
  await register()
  let stopTimer = () => {}
  const again = () => {
    stopTimer = clock.after(readLeases.ms / 3, () => {
      // Whoever has not taken over what there is gives no sign of serving by it; nor may anything come in between.
      stream
        .current()
        .then(register)
        .then(() => stream.current())
        .catch(failed)
      again()
    })
  }
  again()
  // What was taken over from it cannot be given up again while it is used: whoever supervises the process starts it anew.
  const compare = () => {
    feed.head(WORKSPACE_STREAM).then(
      ({ position }) => {
        if (position >= stream.position) return
        log.error({}, 'the store has lost what this server knows of the workspace: it must be started again')
        died?.()
      },
      (error: unknown) => {
        failed(error)
        clock.after(AGAIN_MS, compare)
      },
    )
  }
  onLoss(compare)
  const stopWatching = feed.watch(WORKSPACE_STREAM, () => {
    stream.current().catch(failed)
  })
  return () => {
    stopTimer()
    stopWatching()
  }
}
