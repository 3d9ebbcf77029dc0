import type { Dispatcher } from 'undici'
import { ToolError } from '../tool.ts'
import { type PageType, pageType } from './media-type.ts'
import { networkFailure } from './network-failure.ts'
import { orAbort } from './or-abort.ts'
import { pinnedRequest } from './pinned-request.ts'
import { readBody } from './read-body.ts'
import { publicAddresses, type Resolve, resolveBySystem } from './resolve-host.ts'
import { REDIRECTS, type WebLimits } from './web-limits.ts'
import { redirectTarget, webUrl } from './web-url.ts'

export interface FollowOptions {
  /** Origins that may be private. */
  readonly allowed: ReadonlySet<string>
  readonly resolve: Resolve
  readonly limits: WebLimits
  readonly signal: AbortSignal
}

/** The answer at the end of the redirects. */
export interface Answer {
  readonly url: URL
  readonly status: number
  /** As sent; empty when it was not. */
  readonly contentType: string
  readonly type: PageType
  readonly bytes: Uint8Array<ArrayBuffer>
  /** True when the body went on. */
  readonly cut: boolean
}

/**
 * Gets a URL, following redirects by hand: each target passes every check that the first URL did.
 * @throws ToolError; or the signal's reason
 */
export async function follow(text: string, options: FollowOptions): Promise<Answer> {
  let url = webUrl(text, options.allowed)
  for (let redirects = 0; redirects <= REDIRECTS; redirects++) {
    const answer = await hop(url, options)
    if (!('location' in answer)) return answer
    url = redirectTarget(url, answer.location, options.allowed)
  }
  throw new ToolError(`More than ${REDIRECTS} redirects are not followed.`)
}

async function hop(url: URL, options: FollowOptions): Promise<Answer | { location: string }> {
  const { signal, limits } = options
  signal.throwIfAborted()
  try {
    const addresses = await addressesOf(url, options)
    return await pinnedRequest({ url, addresses, limits, signal }, async (response) => {
      const location = redirectOf(response)
      return location === null ? await answerOf(url, response, limits) : { location }
    })
  } catch (error) {
    signal.throwIfAborted()
    throw networkFailure(error, url)
  }
}

async function addressesOf(
  url: URL,
  { allowed, resolve, signal }: FollowOptions,
): Promise<readonly string[]> {
  const addresses = allowed.has(url.origin)
    ? resolveBySystem(url.hostname, signal)
    : publicAddresses(url, resolve, signal)
  return orAbort(addresses, signal)
}

function redirectOf({ statusCode, headers }: Dispatcher.ResponseData): string | null {
  if (![301, 302, 303, 307, 308].includes(statusCode)) return null
  return one(headers.location) ?? null
}

async function answerOf(
  url: URL,
  { statusCode: status, headers, body }: Dispatcher.ResponseData,
  limits: WebLimits,
): Promise<Answer> {
  const contentType = one(headers['content-type']) ?? ''
  const readable = readableType(contentType, status)
  if (readable === null)
    return { url, status, contentType, type: NOTHING, bytes: new Uint8Array(), cut: false }
  const { bytes, cut } = await readBody(body, joined(headers['content-encoding']), limits.body)
  return { url, status, contentType, type: readable, bytes, cut }
}

const NOTHING: PageType = { kind: 'text' }

/** Null for an error whose page is not text: its status is what there is to tell. */
function readableType(contentType: string, status: number): PageType | null {
  try {
    return pageType(contentType)
  } catch (error) {
    if (status >= 400) return null
    throw error
  }
}

/** The first of a header that came several times. */
function one(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

/** `gzip, gzip` in two headers is as little a known encoding as in one. */
function joined(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(', ') : header
}
