import { lookup, Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import { ToolError } from '../tool.ts'
import { isPublicAddress } from './public-address.ts'

/** Every address that a host name has now; a rejection or an empty list when it has none. */
export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>

/**
 * The addresses to connect to for a URL's host, looked up once, all of them checked.
 * @throws ToolError with one sentence whether the host has no address or one that is not public: which
 *   names exist in the operator's network is nobody's business.
 */
export async function publicAddresses(
  { hostname }: URL,
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const literal = hostname.replace(/^\[|\]$/g, '')
  const addresses = isIP(literal) ? [literal] : await resolve(hostname, signal).catch(() => [])
  signal.throwIfAborted()
  const own = ownAddresses()
  if (
    addresses.length === 0 ||
    !addresses.every((address) => isPublicAddress(address) && !own.has(address))
  ) {
    throw new ToolError(`No public address is known for "${hostname}".`)
  }
  return addresses
}

/** What listens on this machine's public address may count on a firewall that the machine itself is behind. */
function ownAddresses(): Set<string> {
  return new Set(
    Object.values(networkInterfaces())
      .flat()
      .map((each) => each?.address ?? ''),
  )
}

/**
 * Asks the DNS servers, on the event loop: the system's own lookup would let names with slow servers fill the
 * thread pool that the whole process shares.
 */
export const resolveByDns: Resolve = async (host, signal) => {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await Promise.allSettled([resolver.resolve4(host), resolver.resolve6(host)])
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** Asks the system, with its hosts file and search domains: for names that the operator wrote down. */
export const resolveBySystem: Resolve = async (host) => {
  const answers = await lookup(host.replace(/^\[|\]$/g, ''), { all: true })
  return answers.map(({ address }) => address)
}
