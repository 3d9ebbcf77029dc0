// A moment as eight ASCII characters inside streamed text, readable in another process of this machine.

const RANGE = 36 ** 7
/** µs on the machine's monotonic clock. */
const now = () => Number(process.hrtime.bigint() / 1000n)

export function stamp(): string {
  return `~${(now() % RANGE).toString(36).padStart(7, '0')}`
}

/** ms since each stamp in `text`. */
export function ages(text: string): number[] {
  const at = now() % RANGE
  return [...text.matchAll(/~([0-9a-z]{7})/g)].map(([, digits]) => {
    const age = at - Number.parseInt(digits ?? '', 36)
    return (age < 0 ? age + RANGE : age) / 1000
  })
}
