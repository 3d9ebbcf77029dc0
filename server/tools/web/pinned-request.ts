import { isIPv6, type LookupFunction } from 'node:net'
import { Client, type Dispatcher } from 'undici'
import type { WebLimits } from './web-limits.ts'

export interface PinnedRequest {
  readonly url: URL
  /** The only addresses to connect to, already checked. */
  readonly addresses: readonly string[]
  readonly limits: WebLimits
  readonly signal: AbortSignal
}

const HEADERS = {
  'user-agent': 'Colloquy',
  accept: 'text/html,application/xhtml+xml,application/json,text/*;q=0.9,application/xml;q=0.9,*/*;q=0.1',
  'accept-encoding': 'gzip, br',
}

/**
 * One GET over a connection of its own to one of the given addresses; TLS name and `Host` stay the URL's.
 * Neither redirects, cookies, credentials nor the environment's proxies have a part in it. When `use` has
 * ended, however it did, the socket is gone.
 */
export async function pinnedRequest<T>(
  { url, addresses, limits, signal }: PinnedRequest,
  use: (response: Dispatcher.ResponseData) => Promise<T>,
): Promise<T> {
  const client = new Client(url.origin, {
    allowH2: false,
    headersTimeout: limits.idle,
    bodyTimeout: limits.idle,
    maxHeaderSize: limits.headers,
    connect: { lookup: pinned(addresses), timeout: limits.connect, rejectUnauthorized: true },
  })
  try {
    const path = `${url.pathname}${url.search}`
    const response = await client.request({ method: 'GET', path, headers: HEADERS, signal, reset: true })
    response.body.on('error', () => {}) // A body that nobody reads ends with the client, as an error.
    return await use(response)
  } finally {
    await client.destroy()
  }
}

/** Answers every look-up with what was checked. A host that is an address is not looked up: it is its own. */
function pinned(addresses: readonly string[]): LookupFunction {
  const all = addresses.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 }))
  return (_host, options, done) => {
    const [first] = all
    if (options.all) done(null, all)
    else if (first === undefined) done(new Error('no address'), '', 4)
    else done(null, first.address, first.family)
  }
}
