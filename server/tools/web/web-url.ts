import { ToolError } from '../tool.ts'

/** Characters of a URL at most, as it is sent. */
export const URL_LENGTH = 2_048

/**
 * A URL that may be asked for: http or https, no credentials, its scheme's own port unless the operator
 * allowed the origin.
 * @param base what a redirect's target is relative to
 * @throws ToolError
 */
export function webUrl(text: string, allowed: ReadonlySet<string>, base?: URL): URL {
  if (text.length > URL_LENGTH) throw new ToolError(`The URL is longer than ${URL_LENGTH} characters.`)
  const url = URL.parse(text, base?.href)
  if (url === null) throw new ToolError('This is not a URL.')
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new ToolError('Only http and https URLs can be fetched.')
  }
  if (url.username !== '' || url.password !== '') {
    throw new ToolError('A URL with a name or password in it is not fetched.')
  }
  if (url.href.length > URL_LENGTH) throw new ToolError(`The URL is longer than ${URL_LENGTH} characters.`)
  if (url.port !== '' && !allowed.has(url.origin)) {
    throw new ToolError('Only the standard ports 80 (http) and 443 (https) can be fetched.')
  }
  return url
}

/**
 * Where a redirect leads, once it has passed every check that a first URL does.
 * @throws ToolError
 */
export function redirectTarget(from: URL, location: string, allowed: ReadonlySet<string>): URL {
  const target = webUrl(location, allowed, from)
  if (from.protocol === 'https:' && target.protocol === 'http:') {
    throw new ToolError(`"${from.host}" redirects from https to http, which is not followed.`)
  }
  return target
}

/**
 * The origins that an operator lets pages be fetched from though they are private or on another port.
 * @throws Error when one is not an origin such as `http://wiki.internal:8080`
 */
export function allowedOrigins(allow: readonly string[]): ReadonlySet<string> {
  return new Set(
    allow.map((text) => {
      const url = URL.parse(text)
      if (url === null || !/^https?:$/.test(url.protocol) || `${url.origin}/` !== url.href) {
        throw new Error(`"${text}" is not an origin such as http://wiki.internal:8080`)
      }
      return url.origin
    }),
  )
}
