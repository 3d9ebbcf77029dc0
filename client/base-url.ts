/**
 * Absolute, without query, fragment and final slash; relative URLs count from the page.
 * @throws TypeError when it is no http(s) URL
 */
export function baseUrl(url: string): string {
  const page = typeof location === 'undefined' ? undefined : location.href
  const { protocol, origin, pathname } = new URL(url, page)
  if (protocol !== 'http:' && protocol !== 'https:') throw new TypeError(`not an http(s) URL: ${url}`)
  return origin + pathname.replace(/\/+$/, '')
}
