import { rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http'
import { join, relative, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
import type { Journal } from './journal/journal.ts'
import { messageOf } from './journal/sqlite-errors.ts'
import type { Log } from './log.ts'

/**
 * How the command line speaks to a server that runs: HTTP over a socket in the data folder. The server alone can
 * read its journal while it runs (it holds the lock), so it makes the copy for a backup.
 *
 * `POST /copy` with an absolute path as its body writes a copy of the journal there: 200 when it is whole. Whoever
 * hangs up meanwhile has it stopped. Only the server's own user may connect.
 */
const SOCKET = 'control.sock'
/** Bytes that a socket's path may have on every system. */
const LONGEST = 103

export interface Control {
  /** Stops what is under way. */
  close(): Promise<void>
}

/** Opens the socket; a server that cannot have one runs without, and says so in its log. */
export async function openControl(folder: string, journal: Journal, log: Log): Promise<Control> {
  const server = createServer((req, res) => void answer(req, res, journal))
  try {
    const path = socketPath(folder)
    // Whoever holds the data folder's lock is the only server there is: what is found is a dead one's.
    await rm(path, { force: true })
    await listen(server, path)
  } catch (error) {
    log.warn({ err: error }, 'this server takes no backups while it runs')
  }
  return {
    close: () =>
      new Promise((done) => {
        server.close(() => done())
        server.closeAllConnections()
      }),
  }
}

function listen(server: ReturnType<typeof createServer>, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    // The socket is made within this call. Its mode is set at once and not a moment later.
    const before = process.umask(0o177)
    server.listen(path, resolve)
    process.umask(before)
  })
}

async function answer(req: IncomingMessage, res: ServerResponse, journal: Journal): Promise<void> {
  const stop = new AbortController()
  res.once('close', () => stop.abort())
  const say = (status: number, message: string) => res.writeHead(status).end(message)
  try {
    if (req.method !== 'POST' || req.url !== '/copy') return void say(404, 'no such command')
    if (!journal.copy) return void say(501, 'this store is backed up by its own means')
    await journal.copy(await text(req), stop.signal)
    say(200, '')
  } catch (error) {
    say(500, messageOf(error))
  }
}

/**
 * Asks the server that uses the data folder for a copy of its journal.
 * @returns false when no server listens there
 * @throws Error with the server's reason, or when it ends before the copy is whole
 */
export function askForCopy(folder: string, file: string): Promise<boolean> {
  return new Promise((done, reject) => {
    const asked = request({ socketPath: socketPath(folder), method: 'POST', path: '/copy' }, (res) => {
      text(res).then((why) => {
        if (res.statusCode === 200) done(true)
        else reject(new Error(why))
      }, reject)
    })
    asked.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ECONNREFUSED') done(false)
      else if (error.code === 'ECONNRESET') reject(new Error('the server ended before the copy was whole'))
      else reject(error)
    })
    asked.end(file)
  })
}

/** @throws Error when the path is longer than a socket's may be, from here and from the root */
function socketPath(folder: string): string {
  const whole = join(resolve(folder), SOCKET)
  const path = [whole, relative('', whole)].find((each) => Buffer.byteLength(each) <= LONGEST)
  if (path !== undefined) return path
  throw new Error(`${whole} is too long for a socket: name the folder by a shorter path (a link will do)`)
}
