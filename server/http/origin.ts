/** Which pages may act on this server: the HTTP routes and the WebSocket upgrade ask the same rule. */
export interface OriginRule {
  /** True for a page of ours: of the host that was asked, or of the public URL. */
  owns(origin: string, host: string | undefined): boolean
  /** True for a page of ours or of an embedding site. */
  allows(origin: string, host: string | undefined): boolean
  /** True for a page of an embedding site: one whose scripts may read answers across origins. */
  embeds(origin: string): boolean
  /** The embedding sites as browsers write them. */
  readonly embedOrigins: readonly string[]
}

/** @throws TypeError when one of them is not a URL. */
export function createOriginRule(settings: {
  publicUrl?: string | undefined
  embedOrigins?: readonly string[] | undefined
}): OriginRule {
  const embedOrigins = [...new Set((settings.embedOrigins ?? []).map(originOf))]
  const own = settings.publicUrl === undefined ? null : originOf(settings.publicUrl)
  const embeds = (origin: string): boolean => embedOrigins.includes(origin)
  const owns = (origin: string, host: string | undefined): boolean => origin === own || isHost(origin, host)
  return {
    embedOrigins,
    embeds,
    owns,
    allows: (origin, host) => owns(origin, host) || embeds(origin),
  }
}

function originOf(url: string): string {
  const { origin } = new URL(url)
  if (origin === 'null') throw new TypeError(`${url} has no web origin`)
  return origin
}

/** Compares hosts, not schemes: a proxy in front may have taken the TLS off. */
function isHost(origin: string, host: string | undefined): boolean {
  if (host === undefined || host === '' || !/^https?:\/\//.test(origin)) return false
  return URL.canParse(origin) && new URL(origin).host === host.toLowerCase()
}
