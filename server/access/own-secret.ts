import { randomBytes } from 'node:crypto'
import { link, mkdir, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'

const BYTES = 32

/**
 * The secret of this installation, `<data>/secret`: it signs the tokens that the server issues itself. Made on
 * first use, readable by the server's user alone.
 * @throws Error when the file holds something else than a secret: it is never overwritten, because every
 *   token issued so far depends on it.
 */
export async function ownSecret(dataFolder: string): Promise<Uint8Array> {
  await mkdir(dataFolder, { recursive: true, mode: 0o700 })
  const path = join(dataFolder, 'secret')
  const found = await read(path)
  if (found) return found
  await make(dataFolder, path)
  const made = await read(path)
  if (!made) throw new Error(`${path} vanished while it was made`)
  return made
}

async function read(path: string): Promise<Uint8Array | null> {
  const bytes = await readFile(path).catch((error: unknown) => {
    if (hasCode(error, 'ENOENT')) return null
    throw error
  })
  if (bytes && bytes.length !== BYTES) throw new Error(`${path} does not hold a secret of ${BYTES} bytes`)
  return bytes && new Uint8Array(bytes)
}

/** Writes beside and links into place: a crash leaves no half secret, and of two processes one wins. */
async function make(folder: string, path: string): Promise<void> {
  const draft = join(folder, `.secret-${randomBytes(6).toString('hex')}`)
  try {
    await write(draft, randomBytes(BYTES))
    await link(draft, path)
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw error
  } finally {
    await rm(draft, { force: true })
  }
}

async function write(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } catch (error) {
    // A write knows no path; whoever reads of it wants to know where the disk is full.
    throw error instanceof Error ? Object.assign(error, { path }) : error
  } finally {
    await file.close()
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
