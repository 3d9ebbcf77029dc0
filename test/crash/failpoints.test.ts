import { expect, it } from 'vitest'
import { type Crash, crashAt } from './crash-at.ts'
import { LATE_CONSENT, ROUNDS, type Round } from './rounds.ts'

/** Of the failpoints it dies at every third, which of them by the seed; with EVERY=1 at each. */
const EVERY = Number(process.env.EVERY ?? 3)

it('[R11] a server that dies at any point of a turn and its tools loses nothing and does nothing twice', {
  timeout: 600_000,
}, async () => {
  await dieAtEach(ROUNDS, () => true)
})

it('[R11] the same where a turn waits for consent, parked', { timeout: 300_000 }, async () => {
  const first = (passed: readonly string[]) => passed.findIndex((name) => name.includes('tool.intent'))
  await dieAtEach([LATE_CONSENT], (at, passed) => at > first(passed))
})

/** @param chosen whether to die at the failpoint of this number */
async function dieAtEach(
  rounds: readonly Round[],
  chosen: (at: number, passed: readonly string[]) => boolean,
): Promise<void> {
  const startedAt = Date.now()
  const { crashes, wrong } = await crashAt(rounds, (points, passed) =>
    points.filter((at) => (at + Number(process.env.SEED)) % EVERY === 0 && chosen(at, passed)),
  )
  console.log(table(crashes))
  console.log(`  ${crashes.length} crashes in ${Math.round((Date.now() - startedAt) / 1000)} s`)
  expect(wrong).toEqual([])
}

function table(crashes: readonly Crash[]): string {
  const lines = crashes.map(({ at, seen: { passed, died, during, end, wrong } }) =>
    [
      String(at).padStart(4),
      (died ? (passed.at(-1) ?? '') : '(not reached)').padEnd(64),
      during.padEnd(9),
      end,
      ...(wrong.length > 0 ? [`WRONG: ${wrong.length}`] : []),
    ].join('  '),
  )
  const head = `${'   #  died at'.padEnd(70)}  during     and then`
  return [head, ...lines].join('\n')
}
