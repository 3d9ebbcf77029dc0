import type { Clock } from '../clock.ts'

/** Where small things outlive a reload: unsent prompts, the name of the doc. */
export interface Storage {
  get(key: string): string | null | Promise<string | null>
  set(key: string, value: string): void | Promise<void>
  delete(key: string): void | Promise<void>
}

export interface ConnectOptions {
  /** Where the server is; in a page, a relative URL counts from that page. */
  url: string
  /** Id of the session. */
  session: string
  /**
   * The person's bearer token (a JWT with `sub`); asked again once the server no longer takes the last. Without
   * it the browser's cookie tells who this is, on pages of the server itself.
   */
  auth?: (() => string | Promise<string>) | undefined
  /** Where unsent prompts survive a reload; `localStorage` in pages, else memory. */
  storage?: Storage
  /** Keeps the transcript in IndexedDB, so that a reopened tab shows it at once. Default: where there is one. */
  persist?: boolean
  fetch?: typeof fetch
  WebSocket?: typeof WebSocket
  clock?: Clock
  /** Numbers in [0, 1) that spread the reconnects. */
  random?: () => number
}
