import { execFile, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import {
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { connect, type Session } from '@colloquy/client'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'
import { ServerProcess } from '../kit/process.ts'
import { temporaryFolder } from '../kit/server.ts'
import { asServed, transcript, until } from '../kit/until.ts'

const PROGRAM = fileURLToPath(new URL('../../server/colloquy.js', import.meta.url))
const SOON = { interval: 1, timeout: 20_000 }
const PEOPLE = ['ana', 'bo', 'cy']

let root: string
let data: string
let file: string
beforeEach(async () => {
  root = await temporaryFolder()
  data = join(root, 'data')
  file = join(root, 'backup')
})

/** What a command says: `ok …` or `1 …`, with the test's folder written as `~`. */
function say(...argv: string[]): Promise<string> {
  const env = { PATH: process.env.PATH }
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, ...argv], { cwd: root, env }, (error, stdout, stderr) => {
      const said = `${error ? error.code : 'ok'} ${(stdout + stderr).trim()}`
      resolve(said.replaceAll(root, '~').replace(/\d+\.\d s/, '… s'))
    })
  })
}
const backUp = (to = file) => say('backup', to, '--data', data)
const restore = (from = file) => say('restore', from, `--data=${data}`)

function begin(command: string): { pid: number; killed(signal: NodeJS.Signals): Promise<unknown> } {
  const child = spawn(process.execPath, [PROGRAM, command, file, '--data', data], { stdio: 'ignore' })
  onTestFinished(() => void child.kill('SIGKILL'))
  const exited = once(child, 'exit')
  return {
    pid: child.pid ?? 0,
    killed(signal) {
      child.kill(signal)
      return exited
    },
  }
}

/** The size of the file whose name ends so, or 0. */
function sizeOf(folder: string, end: string): number {
  const name = existsSync(folder) ? readdirSync(folder).find((each) => each.endsWith(end)) : undefined
  return name === undefined ? 0 : (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0)
}

describe('people at work', () => {
  it('[Z1] [Z7] what was acknowledged before is there; open clients come to the restored state', async () => {
    const server = await ServerProcess.start(data, { COLLOQUY_OFFLINE_TPS: '400' })
    const id = await session(server)
    const clients = PEOPLE.map((who) => open(server, id, who))
    await Promise.all(clients.map((client) => client.ready))
    const board = clients[0]?.board()
    await board?.ready
    const draft = board?.open() ?? ''
    board?.draft(draft)?.text.insert(0, 'early words')
    const prompt = async (client: Session, text: string) => {
      const submitted = await client.prompt(text)
      submitted.finished.catch(() => undefined)
      return submitted
    }
    const early: string[] = []
    for (let n = 0; n < 3; n++) {
      for (const client of clients) early.push((await prompt(client, `/write 80 early ${n}`)).promptId)
    }
    const [ana] = clients
    if (!ana) throw new Error('nobody is here')
    await expect.poll(() => ana.snapshot().messages.length, { timeout: 20_000 }).toBeGreaterThan(12)
    let running = true
    const working = clients.map(async (client) => {
      while (running) await (await prompt(client, '/write 40 perhaps')).finished
    })
    // Again until it has the board, which is saved two seconds after it was written.
    do {
      rmSync(file, { force: true })
      expect(await backUp()).toMatch(/^ok Backed up ~\/data to ~\/backup: .+, … s\.$/)
    } while (!readFileSync(file).includes('early words'))
    running = false
    await Promise.all(working)

    // More prompts, a new incarnation, more on the board: all that is lost.
    const late = await Promise.all(clients.map((client) => prompt(client, 'ghost of a prompt')))
    await until(ana, (now) => now.queue.length === 0 && now.turn === null)
    await ana.retract(ana.snapshot().messages[0]?.id ?? '')
    board?.draft(draft)?.text.insert(0, 'ghost on a board ')
    await until(ana, ({ messages }) => messages[0]?.metadata.retractedAt !== undefined)
    const names = await docs(server, id)
    await server.kill()
    renameSync(data, join(root, 'lost'))
    expect(await restore()).toMatch(/^ok Restored the backup of .+Z into ~\/data, … s\.\nWhat happened later/)
    await server.start()

    for (const client of clients) {
      await until(client, (now) => now.connection.state === 'live' && now.queue.length === 0 && !now.turn)
    }
    const { turns, messages } = await server.json('ana', 'GET', `/sessions/${id}/export?format=json`)
    const ends = new Map(turns.map((turn: { promptId: string; end: string }) => [turn.promptId, turn.end]))
    expect(early.map((promptId) => ends.get(promptId))).toEqual(early.map(() => 'done'))
    expect(late.map(({ promptId }) => ends.has(promptId))).toEqual([false, false, false])
    for (const client of clients) {
      await expect.poll(() => asServed(client.snapshot().messages)).toEqual(messages)
      expect(transcript(client.snapshot())).not.toContain('ghost')
    }
    // Not by the number that follows, which the lost server gave to other content.
    for (const name of await docs(server, id)) expect(names).not.toContain(name)
    for (const name of await docs(server, id)) expect(name).toMatch(/@\d{13}$/)
    await expect.poll(() => board?.draft(draft)?.text.toString()).toContain('early words')
    expect((await (await ana.prompt('goes on')).finished).end).toBe('done')
  })

  it('[Z4] invites and repeated commands hold after a restore', async () => {
    const server = await ServerProcess.start(data)
    const body = { commandId: randomUUID(), title: 'Kept' }
    const { id } = await server.json('ana', 'POST', '/sessions', body)
    const invite = { commandId: randomUUID(), role: 'prompter', uses: 1, expiresIn: 600_000 }
    const { code } = await server.json('ana', 'POST', `/sessions/${id}/invites`, invite)
    await backUp()
    await server.kill()
    renameSync(data, join(root, 'lost'))
    await restore()
    await server.start()
    expect((await server.json('ana', 'POST', '/sessions', body)).id).toBe(id)
    expect((await server.json('ana', 'POST', `/sessions/${id}/invites`, invite)).code).toBe(code)
    const accept = { commandId: randomUUID() }
    const joined = await server.json('bo', 'POST', `/sessions/${id}/invites/${code}/accept`, accept)
    expect(joined).toMatchObject({ sessionId: id, role: 'prompter' })
  })
})

async function session(server: ServerProcess): Promise<string> {
  const { id } = await server.json('ana', 'POST', '/sessions', { commandId: randomUUID(), title: 'Kept' })
  for (const userId of PEOPLE.slice(1)) {
    const body = { commandId: randomUUID(), role: 'prompter' }
    await server.json('ana', 'PUT', `/sessions/${id}/members/${userId}`, body)
  }
  return id
}

function open(server: ServerProcess, id: string, who: string): Session {
  const client = connect({ url: server.url, session: id, auth: () => server.token(who) })
  onTestFinished(() => client.close())
  return client
}

async function docs(server: ServerProcess, id: string): Promise<string[]> {
  const { lanes } = await server.json('ana', 'GET', `/sessions/${id}`)
  return lanes.flatMap(({ doc, board }: { doc: string; board: string }) => [doc, board])
}

describe('what is asked wrongly', () => {
  it('[Z2] [Z6] is told in one line, and nothing is written', async () => {
    expect(await say('backup')).toBe('1 Usage: npm run backup -- FILE [--data <folder>]')
    expect(await backUp()).toBe('1 There is no journal in ~/data.')
    expect(await restore()).toBe('1 There is no file ~/backup.')
    const server = await ServerProcess.start(data)
    await session(server)
    expect(await backUp(join(root, 'no', 'folder'))).toMatch(/^1 No backup was made: ENOENT: .*~\/no\/folder/)
    writeFileSync(file, 'mine')
    expect(await backUp()).toBe('1 ~/backup exists already: choose another name, or move it away.')
    expect(await restore()).toBe('1 ~/backup is not a backup of Colloquy, or not a whole one.')
    const good = join(root, 'good')
    await backUp(good)
    expect(await restore(good)).toBe(
      '1 Another server uses the data folder ~/data: stop it, or choose another folder with --data.',
    )
    await server.terminate()
    expect(await restore(good)).toBe(
      '1 The data folder ~/data holds a journal already: move that folder away, or choose another with --data.',
    )
    truncateSync(good, statSync(good).size - 4096)
    renameSync(data, join(root, 'lost'))
    expect(await restore(good)).toMatch(/^1 ~\/good is damaged/)
    expect(readdirSync(root).sort()).toEqual(['backup', 'good', 'lost'])
  })
})

describe('a large store', () => {
  beforeEach(async () => {
    const journal = await openSqliteJournal({ folder: data })
    const body = 'x'.repeat(40_000)
    for (let seq = 0; seq < 1500; seq++) {
      const event = { type: 'said', at: 1, cell: `c${seq}` }
      void journal.append('big', { expectedSeq: seq, events: [{ event, body }] })
    }
    await journal.close()
  })

  it('[Z2] a command that is killed has its copy stopped by the server', async () => {
    const server = await ServerProcess.start(data)
    const command = begin('backup')
    await expect.poll(() => sizeOf(root, '.part'), SOON).toBeGreaterThan(1e6)
    await command.killed('SIGKILL')
    await expect.poll(() => readdirSync(root)).toEqual(['data'])
    expect(await backUp()).toMatch(/^ok /)
    expect(await server.terminate()).toBe(0)
  })

  it('[Z2] a server that is killed or stopped leaves no file, and the command says why there is none', async () => {
    const server = await ServerProcess.start(data)
    for (const end of ['kill', 'terminate'] as const) {
      const said = backUp()
      await expect.poll(() => sizeOf(root, '.part'), SOON).toBeGreaterThan(1e6)
      await server[end]()
      expect(await said).toMatch(
        /^1 No backup was made: (the server ended before the copy was whole|the copy was stopped)$/,
      )
      expect(readdirSync(root)).toEqual(['data'])
      await server.start()
    }
  })

  it('[Z2] [Z6] without a server: a command that is killed, or runs out of room, leaves nothing to be taken for whole', async () => {
    await (await ServerProcess.start(data)).terminate()
    const command = begin('backup')
    await expect.poll(() => sizeOf(root, '.part'), SOON).toBeGreaterThan(1e6)
    await command.killed('SIGTERM')
    expect(readdirSync(root)).toEqual(['data'])
    expect(await limited('backup')).toMatch(/^1 No backup was made: /)
    expect(readdirSync(root)).toEqual(['data'])

    expect(await backUp()).toMatch(/^ok /)
    renameSync(data, join(root, 'lost'))
    const restoring = begin('restore')
    await expect.poll(() => sizeOf(data, '-wal'), SOON).toBeGreaterThan(1e6)
    await restoring.killed('SIGKILL')
    expect(streams()).toBe(0)
    expect(await limited('restore')).toMatch(/^1 Nothing was restored: /)
    expect(streams()).toBe(0)
    expect(await restore()).toMatch(/^ok /)
    expect(streams()).toBeGreaterThan(0)
  })

  /** What a command says that may make no file of more than some 10 MB. */
  function limited(command: string): Promise<string> {
    const args = [
      '-c',
      'ulimit -f 20000; exec "$0" "$@"',
      process.execPath,
      PROGRAM,
      command,
      file,
      '--data',
      data,
    ]
    return new Promise((resolve) => {
      execFile('sh', args, (error, stdout, stderr) =>
        resolve(`${error?.code ?? 'ok'} ${(stdout + stderr).trim()}`),
      )
    })
  }

  function streams(): number {
    const db = new DatabaseSync(join(data, 'journal.db'))
    try {
      return Number(db.prepare('SELECT count(*) AS n FROM streams').get()?.n)
    } finally {
      db.close()
    }
  }
})
