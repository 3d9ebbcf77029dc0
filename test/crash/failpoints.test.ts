import { expect, it } from 'vitest'
import { crashRun, type Seen } from './crash-run.ts'
import { LATE_CONSENT, ROUNDS, type Round } from './rounds.ts'

/** Runs side by side; each is a server, and mostly waits. */
const AT_ONCE = 3

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
  const whole = await crashRun(rounds)
  expect(whole.wrong).toEqual([])
  const points = whole.passed.map((_, i) => i + 1).filter((at) => chosen(at, whole.passed))
  const rows: { at: number; seen: Seen }[] = []
  const worker = async () => {
    for (let at = points.shift(); at !== undefined; at = points.shift()) {
      rows.push({ at, seen: await crashRun(rounds, at) })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  rows.sort((a, b) => a.at - b.at)
  console.log(table(rows))
  expect(
    rows.flatMap(({ at, seen }) => seen.wrong.map((what) => `${at} ${seen.passed.at(-1)}: ${what}`)),
  ).toEqual([])
}

function table(rows: readonly { at: number; seen: Seen }[]): string {
  const lines = rows.map(({ at, seen: { passed, died, during, end, wrong } }) =>
    [
      String(at).padStart(4),
      (died ? (passed.at(-1) ?? '') : '(not reached)').padEnd(64),
      during.padEnd(9),
      end,
      ...(wrong.length > 0 ? [`WRONG: ${wrong.length}`] : []),
    ].join('  '),
  )
  return ['   #  died at'.padEnd(70) + 'during     and then', ...lines].join('\n')
}
