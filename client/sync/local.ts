import { clearDocument, IndexeddbPersistence } from 'y-indexeddb'
import type * as Y from 'yjs'

/** The transcript is shown from the server when the local copy has not loaded by then. */
const LOAD_MS = 3_000
const PREFIX = 'colloquy/'

/** One doc's copy in this browser. */
export interface LocalCopy {
  /** Resolves once the doc holds what was kept; also when nothing can be kept. */
  readonly loaded: Promise<void>
  /** Deletes the copy. */
  erase(): Promise<void>
}

/** Name of the database: two people in one browser never share one. The last part holds no `/`. */
export function localName(doc: string, userId: string): string {
  return `${PREFIX}${doc}/${encodeURIComponent(userId)}`
}

export const noCopy: LocalCopy = { loaded: Promise.resolve(), erase: () => Promise.resolve() }

export function openLocal(name: string, doc: Y.Doc): LocalCopy {
  const opened = usable().then((works) => (works ? new IndexeddbPersistence(name, doc) : null))
  const loaded = opened.then(async (copy) => {
    if (!copy) return
    await Promise.race([copy.whenSynced, new Promise((resolve) => setTimeout(resolve, LOAD_MS))])
    const db = copy.db
    // Another tab erases it: let go, or every later update would fail on a closed database.
    if (db) db.onversionchange = () => void copy.destroy()
  })
  return {
    loaded,
    async erase() {
      const copy = await opened
      if (!copy) return
      await copy.destroy()
      await erase(name)
    },
  }
}

/** Deletes every local copy of a person: those in `known`, and all others where the browser can list them. */
export async function eraseAll(userId: string, known: readonly string[]): Promise<void> {
  if (typeof indexedDB === 'undefined') return
  const suffix = `/${encodeURIComponent(userId)}`
  const listed = typeof indexedDB.databases === 'function' ? await indexedDB.databases() : []
  const names = listed.flatMap(({ name }) =>
    name?.startsWith(PREFIX) && name.endsWith(suffix) ? [name] : [],
  )
  await Promise.all([...new Set([...known, ...names])].map(erase))
}

async function erase(name: string): Promise<void> {
  // A browser that refuses has nothing we could delete in another way.
  await clearDocument(name).catch(() => {})
}

/** A private window may refuse to open databases; y-indexeddb would report that as an unhandled rejection. */
function usable(): Promise<boolean> {
  return new Promise((resolve) => {
    try {
      const request = indexedDB.open('colloquy')
      request.onerror = () => resolve(false)
      request.onsuccess = () => {
        request.result.close()
        resolve(true)
      }
    } catch {
      resolve(false)
    }
  })
}
