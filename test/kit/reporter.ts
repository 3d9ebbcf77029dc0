import type { Reporter, TestModule } from 'vitest/node'

/** Ends a run with a plain line, `N passed, N failed`, and the seed that the random tests used. */
export class PlainReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly unknown[]): void {
    const count = { passed: 0, failed: unhandled.length, skipped: 0, pending: 0 }
    for (const module of modules) {
      const tests = [...module.children.allTests()]
      for (const test of tests) count[test.result().state]++
      // A file that fails on import has no test that could fail.
      if (module.state() === 'failed' && !tests.some((test) => test.result().state === 'failed'))
        count.failed++
    }
    const skipped = count.skipped > 0 ? `, ${count.skipped} skipped` : ''
    console.log(`seed: ${process.env.SEED}`)
    console.log(`${count.passed} passed, ${count.failed} failed${skipped}`)
  }
}
