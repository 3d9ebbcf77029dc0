/** What pages use of the browser's storage. */
export interface PageStorage {
  getItem(key: string): string | null
  setItem(key: string, value: string): void
  removeItem(key: string): void
  keys(): string[]
}

/**
 * The browser's storage. Where the page may not use it (reading the property throws), or it is full, this page still
 * remembers until it is loaded again.
 */
export function pageStorage(find: () => Storage): PageStorage {
  /** What could not be written; null: what could not be removed. */
  const unwritten = new Map<string, string | null>()
  const attempt = <T>(run: (storage: Storage) => T, otherwise: T): T => {
    try {
      return run(find())
    } catch {
      return otherwise
    }
  }
  const write = (key: string, value: string | null) => {
    const written = attempt((storage) => {
      if (value === null) storage.removeItem(key)
      else storage.setItem(key, value)
      return true
    }, false)
    if (written) unwritten.delete(key)
    else unwritten.set(key, value)
  }
  return {
    getItem: (key) =>
      unwritten.get(key) ?? (unwritten.has(key) ? null : attempt((storage) => storage.getItem(key), null)),
    setItem: write,
    removeItem: (key) => write(key, null),
    keys() {
      const kept = attempt(
        (storage) => Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? ''),
        [],
      )
      return [...new Set([...kept, ...unwritten.keys()])].filter((key) => unwritten.get(key) !== null)
    },
  }
}

/** Outlives the tab, and is every tab's. */
export const inBrowser = pageStorage(() => localStorage)
/** Outlives a reload, and is this tab's alone. */
export const inTab = pageStorage(() => sessionStorage)
