import { bundledServer } from '../kit/bundle.ts'
import { crashRun, type Seen } from './crash-run.ts'
import type { Round } from './rounds.ts'

/** Runs side by side: two processes each, of which one waits for the other. */
const AT_ONCE = 3

/** What was seen of a run that died at failpoint `at`. */
export interface Crash {
  at: number
  seen: Seen
}

/**
 * Plays the rounds once to learn of their failpoints, and then once for each that is chosen, dying there.
 * @param choose the numbers of the failpoints to die at, out of all; `passed` has their names
 * @returns every run, in the order of the failpoints, and what must hold and did not
 */
export async function crashAt(
  rounds: readonly Round[],
  choose: (points: readonly number[], passed: readonly string[]) => readonly number[],
): Promise<{ crashes: Crash[]; wrong: string[] }> {
  const entry = await bundledServer()
  const { passed, wrong } = await crashRun(entry, rounds)
  const all = passed.map((_, i) => i + 1)
  const points = [...choose(all, passed)]
  const crashes: Crash[] = []
  const worker = async () => {
    for (let at = points.shift(); at !== undefined; at = points.shift()) {
      crashes.push({ at, seen: await crashRun(entry, rounds, at) })
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  crashes.sort((a, b) => a.at - b.at)
  const told = crashes.flatMap(({ at, seen }) =>
    seen.wrong.map((what) => `${at} ${seen.passed.at(-1)}: ${what}`),
  )
  return { crashes, wrong: [...wrong, ...told] }
}
