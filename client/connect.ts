import { SYNC_PATH } from '@colloquy/shared/protocol'
import { baseUrl } from './base-url.ts'
import { systemClock } from './clock.ts'
import { checkAuth } from './identity.ts'
import { LiveSession } from './session.ts'
import { defaultStorage } from './storage.ts'
import type { ConnectOptions, Session } from './types/index.ts'

/**
 * Joins a session as the person whom `auth` answers for, or whose cookie this browser has. Returns at once; `ready` tells when the transcript is
 * up to date.
 * @throws TypeError when `url` is no http(s) URL, or `auth` no function
 */
export function connect(options: ConnectOptions): Session {
  checkAuth(options.auth)
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
