import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { whyNotStarted } from '../../server/start.ts'
import { temporaryFolder } from '../kit/server.ts'

const PROGRAM = fileURLToPath(new URL('../../server/colloquy.js', import.meta.url))

/** What the program says when it does not start; `cwd` is the folder it starts in. */
function refusal(cwd: string, ...argv: string[]): Promise<string> {
  const env = { PATH: process.env.PATH, PORT: '0' }
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [PROGRAM, '--seed=none', ...argv],
      { cwd, env, timeout: 20_000 },
      (error, _stdout, stderr) => {
        if (error?.code === 1) resolve(stderr.trim())
        else reject(new Error(`ended with ${error?.code}: ${stderr}`))
      },
    )
  })
}

it('[G16] a settings file that cannot be read is told, and not taken for none', async () => {
  const folder = await temporaryFolder()
  await mkdir(join(folder, 'colloquy.config.json'))
  expect(await refusal(folder)).toBe(
    'The settings do not work:\n  - colloquy.config.json cannot be read: EISDIR',
  )
})

it('[G17] a data folder that cannot be used is told in one line', async () => {
  const folder = await temporaryFolder()
  await writeFile(join(folder, 'file'), '')
  const said = await refusal(folder, `--data=${join(folder, 'file', 'data')}`)
  expect(said).toMatch(/^The data folder cannot be used: ENOTDIR at .+ Choose another with --data\.$/)
})

it('[G17] so is a port; what nobody expected keeps its stack', () => {
  const failed = (code: string, more: object) => Object.assign(new Error(`${code}: no`), { code, ...more })
  const listen = { syscall: 'listen', port: 80 }
  expect(whyNotStarted(failed('EACCES', listen))).toMatch(/^This user may not listen on that port: .*--port/)
  expect(whyNotStarted(failed('EADDRINUSE', listen))).toMatch(/^The port is in use: .*--port/)
  const denied = failed('EACCES', { syscall: 'mkdir', path: '/data' })
  expect(whyNotStarted(denied)).toBe(
    'The data folder cannot be used: EACCES at /data. Choose another with --data.',
  )
  for (const other of [new TypeError('x'), failed('ERR_INVALID_ARG_TYPE', {}), undefined]) {
    expect(whyNotStarted(other)).toBeNull()
  }
})
