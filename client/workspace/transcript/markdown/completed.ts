import type remend from 'remend'

let mend: typeof remend | null = null

// Beside the first load: nothing waits for it, and without it half a `**bold` shows its stars until its end has come.
import('remend').then(
  (loaded) => {
    mend = loaded.default
  },
  () => {},
)

/** Closes what is half written, so that `**bold` is bold before its end has come. */
export function completed(block: string): string {
  return mend?.(block, { linkMode: 'text-only' }) ?? block
}
