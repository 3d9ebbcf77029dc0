import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { asksForHelp, helpText } from './settings-help.ts'
import { ENV, FLAGS, KEYS } from './settings-schema.ts'

it('[G9] help names every flag, variable and key, each with what it is', () => {
  const lines = helpText().split('\n')
  for (const name of [...FLAGS.map((key) => `--${key}`), ...Object.values(ENV), 'NODE_ENV=production']) {
    expect(
      lines.filter((line) => new RegExp(`^  (--\\w+, )?${name}\\b.*  +\\S`).test(line)),
      name,
    ).toHaveLength(1)
  }
  for (const key of KEYS) expect(lines.join('\n')).toContain(key)
  expect(helpText()).not.toContain('undefined')
  for (const line of lines) expect(line.length).toBeLessThan(130)
})

it('[G10] it is asked for by --help or -h, whatever else is there', () => {
  expect([['--help'], ['-h'], ['--port=1', '--help'], ['--prot', '-h']].map(asksForHelp)).not.toContain(false)
  expect([[], ['--port=1'], ['help'], ['--helpful']].map(asksForHelp)).not.toContain(true)
})

it('[G10] the program then prints it and ends well, without a look at the settings', async () => {
  const program = fileURLToPath(new URL('colloquy.js', import.meta.url))
  const env = { ...process.env, PORT: 'none', COLLOQUY_NONE: 'x' }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [program, '--help'], { env })
  expect([stdout.trim(), stderr]).toEqual([helpText(), ''])
})
