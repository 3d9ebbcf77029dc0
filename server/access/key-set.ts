import { ColloquyError } from '@colloquy/shared'
import { createRemoteJWKSet, errors, type JWTVerifyGetKey } from 'jose'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'

/** How long keys are used without a look for newer ones, in ms. */
const FRESH_MS = 600_000
/** How long they are used when newer ones cannot be had. */
const KEPT_MS = 6 * 3_600_000
/** Between two requests for them, whether the first failed or did not bring the key that was looked for. */
const PAUSE_MS = 30_000

/**
 * The keys that an issuer publishes. An issuer that fails for a while signs nobody out.
 * @throws ColloquyError `IDENTITY_UNAVAILABLE`, of the returned function, when they cannot be had at all
 */
export function createKeySet(url: URL, clock: Clock, log: Log | undefined): JWTVerifyGetKey {
  // When it fetches is decided here, by our clock.
  const remote = createRemoteJWKSet(url, { cacheMaxAge: Infinity, cooldownDuration: Infinity })
  let loadedAt = -Infinity
  let failedAt = -Infinity
  let loading: Promise<void> | null = null

  async function attempt(): Promise<void> {
    if (clock.now() - failedAt < PAUSE_MS) throw unavailable()
    try {
      await remote.reload()
      loadedAt = clock.now()
    } catch (error) {
      failedAt = clock.now()
      log?.warn({ code: codeOf(error) }, 'keys not fetched')
      throw unavailable()
    }
  }
  function load(): Promise<void> {
    loading ??= attempt().finally(() => {
      loading = null
    })
    return loading
  }

  return async (header, token) => {
    const age = clock.now() - loadedAt
    if (age >= FRESH_MS) {
      await load().catch((error: unknown) => {
        if (age >= KEPT_MS) throw error
      })
    }
    try {
      return await remote(header, token)
    } catch (error) {
      const old = clock.now() - loadedAt >= PAUSE_MS
      if (!(error instanceof errors.JWKSNoMatchingKey && old)) throw error
      // The key may be newer than what we have.
      await load()
      return remote(header, token)
    }
  }
}

function unavailable(): ColloquyError {
  return new ColloquyError('IDENTITY_UNAVAILABLE', 'The identity provider does not answer.')
}

/** The message may hold the address, and that a password. */
function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN'
  const { code }: NodeJS.ErrnoException = error.cause instanceof Error ? error.cause : error
  return code ?? error.name
}
