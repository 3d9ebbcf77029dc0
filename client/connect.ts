import { SYNC_PATH } from '@colloquy/shared/protocol'
import { systemClock } from './clock.ts'
import { LiveSession } from './session.ts'
import { defaultStorage } from './storage.ts'
import type { ConnectOptions, Session } from './types.ts'

/**
 * Joins a session as the person whom `auth` answers for. Returns at once; `ready` tells when the transcript is
 * up to date.
 * @throws TypeError when `url` is no http(s) URL
 */
export function connect(options: ConnectOptions): Session {
  const base = baseUrl(options.url)
  return new LiveSession({
    base,
    syncUrl: base.replace(/^http/, 'ws') + SYNC_PATH,
    session: options.session,
    auth: options.auth,
    storage: options.storage ?? defaultStorage(),
    persist: options.persist ?? typeof indexedDB !== 'undefined',
    fetch: options.fetch ?? globalThis.fetch,
    WebSocket: options.WebSocket ?? globalThis.WebSocket,
    clock: options.clock ?? systemClock,
    random: options.random ?? Math.random,
  })
}

/** Absolute, without query, fragment and final slash; relative URLs count from the page. */
function baseUrl(url: string): string {
  const page = typeof location === 'undefined' ? undefined : location.href
  const { protocol, origin, pathname } = new URL(url, page)
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not an http(s) URL: ${url}`)
  return origin + pathname.replace(/\/+$/, '')
}
