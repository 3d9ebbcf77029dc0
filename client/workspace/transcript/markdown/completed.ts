let mend: ((block: string) => string) | null = null

// Beside the first load: nothing waits for it, and without it half a `**bold` shows its stars until its end has come.
import('./half-written.ts').then(
  ({ mended }) => {
    mend = mended
  },
  () => {},
)

/** A growing block as it looks best. */
export function completed(block: string): string {
  return mend?.(block) ?? block
}
