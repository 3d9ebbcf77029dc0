import { vi } from 'vitest'

/** Asks again and again until the answer is true; one that fails counts as no. For what nobody tells of by itself. */
export async function eventually(asked: () => boolean | Promise<boolean>, timeout = 15_000): Promise<void> {
  await vi.waitFor(
    async () => {
      if (!(await asked())) throw new Error(`never came true: ${asked}`)
    },
    { timeout, interval: 20 },
  )
}
