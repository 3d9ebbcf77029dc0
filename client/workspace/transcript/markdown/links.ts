const PROTOCOLS = new Set(['http:', 'https:', 'mailto:'])

/** The absolute URL that a link names, or null where it may lead nowhere: other schemes, relative paths. */
export function safeUrl(href: string): URL | null {
  const url = URL.parse(href)
  if (url === null || !PROTOCOLS.has(url.protocol)) return null
  // `https://bank.example@evil.example` shows one host and leads to another.
  if (url.username !== '' || url.password !== '') return null
  return url
}

/** The id of the resource that a link names; null: none. */
export function resourceIn(href: string): string | null {
  return /^resource:([\w-]{1,200})$/.exec(href)?.[1] ?? null
}

/** Where it leads, in the form that shows look-alike letters for what they are. */
export function hostOf(url: URL): string | null {
  return url.host === '' ? null : url.host
}
