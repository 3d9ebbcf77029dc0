import { execFile, execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmodSync, chownSync, readdirSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { connect } from '@colloquy/client'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'
import { asServed, until } from '../kit/until.ts'

const PROGRAM = fileURLToPath(new URL('../../server/colloquy.js', import.meta.url))
/** Who runs what must not be allowed everything. */
const NOBODY = 65_534

let data: string
let file: string
beforeEach(async () => {
  data = join(await temporaryFolder(), 'data')
  file = join(data, 'journal.db')
})

/** A journal as a server left it. */
async function used(): Promise<void> {
  await (await ServerProcess.start(data)).terminate()
}

/**
 * What a server says that does not start, with the data folder as `~`.
 * @param as words of a shell before its own command
 */
function refusal(as = 'exec'): Promise<string> {
  const env = { PATH: process.env.PATH, PORT: '0' }
  const argv = ['-c', `${as} "$0" "$@"`, process.execPath, PROGRAM, '--seed=none', `--data=${data}`]
  return new Promise((resolve) => {
    execFile('sh', argv, { env, timeout: 20_000 }, (error, _stdout, stderr) => {
      resolve(`${error?.code} ${stderr.trim().replaceAll(data, '~')}`)
    })
  })
}

describe('a server does not start, and says why in one line', () => {
  it('[G17] when its journal is damaged', async () => {
    await used()
    truncateSync(file, 8192)
    expect(await refusal()).toBe(
      '1 The journal ~/journal.db cannot be used: it is damaged: move the data folder away and restore a backup.',
    )
  })

  it('[G17] when another program holds its journal', async () => {
    await used()
    const other = new DatabaseSync(file)
    onTestFinished(() => other.close())
    other.exec('BEGIN EXCLUSIVE')
    expect(await refusal()).toMatch(/^1 Another server uses the data folder ~: stop it, or choose another/)
  })

  it.runIf(process.platform === 'linux')(
    '[G17] when it may not write: the file, the folder, or both',
    async () => {
      await used()
      const root = process.getuid?.() === 0
      const as = root ? `exec setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups` : 'exec'
      if (root) {
        chmodSync(join(data, '..'), 0o755)
        for (const each of [data, ...readdirSync(data).map((name) => join(data, name))])
          chownSync(each, NOBODY, NOBODY)
      }
      chmodSync(file, 0o444)
      expect(await refusal(as)).toMatch(
        /^1 The journal ~\/journal\.db cannot be used: it cannot be locked: it is read-only/,
      )
      chmodSync(file, 0o644)
      chmodSync(data, 0o555)
      expect(await refusal(as)).toMatch(
        /^1 The journal ~\/journal\.db cannot be used: this user may not write it, or files/,
      )
      chmodSync(data, 0o755)
      chmodSync(file, 0)
      expect(await refusal(as)).toMatch(
        /^1 The journal ~\/journal\.db cannot be used: this user may not read and write it/,
      )
    },
  )

  it.runIf(process.platform === 'linux')('[G17] when the disk is full', async () => {
    expect(await refusal('ulimit -f 0; exec')).toMatch(
      /^1 The data folder cannot be used: EFBIG at ~\/\.secret-\w+\. Choose another with --data\.$/,
    )
    expect(readdirSync(data)).toEqual([])
    expect(await refusal('ulimit -f 8; exec')).toBe(
      '1 The journal ~/journal.db cannot be used: it cannot be written; perhaps the disk is full.',
    )
    expect(await (await ServerProcess.start(data)).terminate()).toBe(0)
  })
})

it.runIf(process.platform === 'linux')(
  '[R3] a disk that fills up: prompts are refused and not lost, and with room again all goes on',
  async () => {
    const server = await ServerProcess.start(data, { COLLOQUY_OFFLINE_TPS: '0' })
    const { id } = await server.json('ana', 'POST', '/sessions', { commandId: randomUUID(), title: 'Full' })
    const client = connect({ url: server.url, session: id, auth: () => server.token('ana') })
    onTestFinished(() => client.close())
    const path = `/sessions/${id}/prompts`
    const accepted: string[] = []
    const prompt = async (body = { commandId: randomUUID(), text: 'x'.repeat(2000) }) => {
      const { promptId } = await server.json('ana', 'POST', path, body)
      accepted.push(promptId)
      return promptId
    }
    await prompt()
    await until(client, (now) => now.messages.length === 2 && now.turn === null)

    limit(200_000)
    const command = { commandId: randomUUID(), text: 'once' }
    await expect
      .poll(() => prompt().catch(String), { timeout: 20_000, interval: 0 })
      .toMatch(/503 .*STORE_UNAVAILABLE/)
    expect(await prompt(command).catch(String)).toMatch(/503 .*STORE_UNAVAILABLE/)
    // What is there can still be told, or is not for now; nothing made up is.
    expect(client.snapshot().connection.state).not.toBe('ended')

    limit(Number.POSITIVE_INFINITY)
    await expect.poll(() => prompt(command).catch(String), { timeout: 20_000 }).not.toMatch(/503/)
    expect(await prompt(command)).toBe(accepted.at(-1))
    await until(
      client,
      (now) => now.connection.state === 'live' && now.queue.length === 0 && now.turn === null,
    )
    const { turns, messages } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    const ran = turns.map((turn: { promptId: string; end: string }) => [turn.promptId, turn.end])
    expect(new Map(ran)).toEqual(new Map(accepted.map((promptId) => [promptId, 'done'])))
    expect(ran.length).toBe(new Set(accepted).size)
    await expect.poll(() => asServed(client.snapshot().messages)).toEqual(messages)
  },
)

/** Lets the server's process make no file larger than that, in bytes. */
function limit(bytes: number): void {
  const most = Number.isFinite(bytes) ? bytes : 'unlimited'
  execFileSync('prlimit', ['--pid', String(serverPid()), `--fsize=${most}:`])
}

function serverPid(): number {
  const uses = (pid: string) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`COLLOQUY_DATA=${data}\0`)
    } catch {
      return false
    }
  }
  return Number(readdirSync('/proc').find((pid) => /^\d+$/.test(pid) && uses(pid)))
}
