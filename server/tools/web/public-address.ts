import ipaddr from 'ipaddr.js'

/** Public by number, private by use: Azure answers every machine of its own there. */
const PLATFORM_ADDRESSES = new Set(['168.63.129.16'])

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3')

/**
 * Parts of 2000::/3 that lead elsewhere or nowhere. Most are special to `ipaddr.js` too; they stand here
 * because a reclassification there must not open them.
 */
const NOT_PUBLIC = [
  '2001::/23', // IETF protocol assignments: Teredo, benchmarking, ORCHID
  '2001:db8::/32', // documentation
  '2002::/16', // 6to4: an IPv4 address inside
  '2620:4f:8000::/48', // AS112
  '3fff::/20', // documentation
].map((block) => ipaddr.IPv6.parseCIDR(block))

/**
 * Whether an IP address is one of the public internet: not loopback, private, link-local, shared, multicast,
 * reserved, for tests or documentation, and no IPv6 address that stands for an IPv4 one.
 * @param address as `dns` writes it: dotted IPv4, or IPv6 without brackets
 */
export function isPublicAddress(address: string): boolean {
  if (ipaddr.IPv4.isValidFourPartDecimal(address)) {
    return ipaddr.IPv4.parse(address).range() === 'unicast' && !PLATFORM_ADDRESSES.has(address)
  }
  if (!ipaddr.IPv6.isValid(address)) return false
  const parsed = ipaddr.IPv6.parse(address)
  if (parsed.zoneId !== undefined) return false
  // Outside of 2000::/3 stands nothing public, whatever a library may not have heard of: IPv4-mapped and
  // -compatible, NAT64, unique local, link- and site-local, multicast.
  if (!parsed.match(GLOBAL_UNICAST) || parsed.range() !== 'unicast') return false
  return !NOT_PUBLIC.some((block) => parsed.match(block))
}
