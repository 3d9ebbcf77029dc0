import { defineConfig } from 'vitest/config'
import { PlainReporter } from './test/kit/reporter.ts'

process.env.SEED ??= String(Date.now() % 2 ** 31)

/** Suites from fast to slow; `npm test` runs the first five, `.ci/run` all. What measures runs alone. */
const suite = (name: string, include: string[], timeout: number, { alone = false, env = {} } = {}) => ({
  test: {
    name,
    include,
    testTimeout: timeout,
    hookTimeout: timeout,
    setupFiles: ['test/kit/seed.ts'],
    env: { SEED: process.env.SEED ?? '', ...env },
    ...(alone ? { fileParallelism: false } : {}),
  },
})

const ON_REDIS = [
  'test/integration/{thirty-prompts,board,session-list,manage,lanes}.test.ts',
  'test/noninterference/sockets.test.ts',
  'test/crash/load.test.ts',
]

export default defineConfig({
  test: {
    reporters: ['default', new PlainReporter()],
    projects: [
      suite('unit', ['{shared,server,client}/**/*.test.ts'], 5_000),
      suite('contract', ['test/contract/**/*.test.ts'], 20_000),
      suite('integration', ['test/integration/**/*.test.ts'], 30_000),
      suite('fuzz', ['test/fuzz/**/*.test.ts'], 60_000),
      suite('noninterference', ['test/noninterference/noninterference.test.ts'], 60_000),
      suite('leaks', ['test/noninterference/!(noninterference).test.ts'], 300_000),
      suite('crash', ['test/crash/!(recover).test.ts'], 300_000),
      suite('nodes', ['test/nodes/**/*.test.ts'], 120_000),
      // Suites that stand elsewhere, with three servers on Redis in place of each.
      suite('redis', ON_REDIS, 300_000, {
        env: { COLLOQUY_TEST_STORE: 'redis', KILLS: process.env.KILLS ?? '20' },
      }),
      suite('browser', ['test/browser/**/*.test.ts'], 300_000),
      suite('measured', ['test/crash/recover.test.ts'], 300_000, { alone: true }),
    ],
  },
})
