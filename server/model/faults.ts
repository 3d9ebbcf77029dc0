import type { ModelFault } from './port.ts'

type FaultCode = ModelFault['code']

const RETRYABLE: ReadonlySet<FaultCode> = new Set([
  'PROVIDER_BUSY',
  'PROVIDER_UNAVAILABLE',
  'PROVIDER_CUT',
  'PROVIDER_TIMEOUT',
])

/** A fault with the retryability that its code always has. */
export function fault(code: FaultCode, detail: string, retryAfter?: number): ModelFault {
  return { code, retryable: RETRYABLE.has(code), detail, ...(retryAfter === undefined ? {} : { retryAfter }) }
}

/**
 * What an error of a provider, or of the SDK in front of it, means for the turn. `now` (ms since 1970)
 * turns a `Retry-After` date into a wait. The error's message helps to tell cases apart and goes no further:
 * providers quote prompts, and ends of keys, in it.
 */
export function faultOf(error: unknown, now: number): ModelFault {
  const clues = cluesOf(error)
  return fault(codeOf(clues), detailOf(clues), retryAfterOf(clues.headers, now))
}

interface Clues {
  /** Names of the error and of its causes. */
  names: Set<string>
  /** Machine-readable codes and types that it or its causes carry. */
  codes: Set<string>
  status: number | undefined
  headers: Record<string, unknown>
  /** Everything it says in words; for matching only. */
  words: string
}

const has = (set: Set<string>, ...wanted: string[]) => wanted.some((one) => set.has(one))

/** The one table of provider failures: the first line that holds decides. */
function codeOf({ names, codes, status, words }: Clues): FaultCode {
  const refusedInput = status === undefined || status === 400 || status === 413 || status === 422
  if (names.has('AI_LoadAPIKeyError') || status === 401 || status === 403) return 'PROVIDER_AUTH'
  if (has(codes, 'invalid_api_key', 'authentication_error', 'permission_error')) return 'PROVIDER_AUTH'
  if (names.has('AI_NoSuchModelError') || has(codes, 'model_not_found')) return 'MODEL_UNKNOWN'
  if ((status === 404 || status === 400) && NO_SUCH_MODEL.test(words)) return 'MODEL_UNKNOWN'
  // It is the address that nothing is found at, or that points elsewhere.
  if (status === 404 || (status !== undefined && status >= 300 && status < 400)) return 'PROVIDER_NOT_FOUND'
  if (has(codes, 'context_length_exceeded', 'exceed_context_size_error')) return 'CONTEXT_TOO_LARGE'
  if (status === 413 || (refusedInput && TOO_LONG.test(words))) return 'CONTEXT_TOO_LARGE'
  // A spent budget answers 429 as well, and waiting does not fill it.
  if (has(codes, 'insufficient_quota', 'billing_error', 'billing_not_active')) return 'PROVIDER_REFUSED'
  if (status === 429 || status === 529) return 'PROVIDER_BUSY'
  if (has(codes, ...BUSY_CODES)) return 'PROVIDER_BUSY'
  if (status === 408 || has(codes, ...TIMEOUT_CODES)) return 'PROVIDER_TIMEOUT'
  if (status !== undefined && (status >= 500 || status === 409 || status === 425))
    return 'PROVIDER_UNAVAILABLE'
  if (status !== undefined && status >= 400) return 'PROVIDER_REFUSED'
  if (has(codes, 'invalid_request_error', 'invalid_prompt')) return 'PROVIDER_REFUSED'
  if (names.has('AI_UnsupportedFunctionalityError')) return 'PROVIDER_REFUSED'
  // A failed call without a status never got an answer; one with 200 lost it on the way.
  if (names.has('AI_APICallError')) return status === undefined ? 'PROVIDER_UNAVAILABLE' : 'PROVIDER_CUT'
  if (names.has('AI_StreamProviderError')) return 'PROVIDER_UNAVAILABLE'
  if (has(names, ...CUT_NAMES) || has(codes, ...CUT_CODES)) return 'PROVIDER_CUT'
  if (has(codes, 'ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN')) return 'PROVIDER_UNAVAILABLE'
  // What an SDK throws bare is that it did not understand what came.
  if (names.has('Error') && codes.size === 0) return 'PROVIDER_CUT'
  return 'INTERNAL'
}

const NO_SUCH_MODEL =
  /\bmodel\b.{0,200}(not (be )?found|does not exist)|(no such|not_found).{0,80}\bmodel\b|unknown model/is
const TOO_LONG =
  /context (length|window|size|limit)|prompt is too long|maximum.{0,20}tokens|too many tokens|input is too long/i
const BUSY_CODES = [
  'rate_limit_exceeded',
  'rate_limit_error',
  'overloaded_error',
  'server_is_overloaded',
  'slow_down',
]
const TIMEOUT_CODES = [
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
]
const CUT_CODES = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'ERR_STREAM_PREMATURE_CLOSE']
const CUT_NAMES = [
  'AI_NoOutputGeneratedError',
  'AI_InvalidResponseDataError',
  'AI_EmptyResponseBodyError',
  'AI_JSONParseError',
  'AI_TypeValidationError',
  'AbortError',
]

/** Causes of causes are worth reading; a ring of them is not. */
const DEEPEST = 6

function cluesOf(error: unknown): Clues {
  const clues: Clues = { names: new Set(), codes: new Set(), status: undefined, headers: {}, words: '' }
  const words: string[] = []
  let current = error
  for (let depth = 0; depth < DEEPEST && isRecord(current); depth++) {
    readError(current, clues, words)
    current = current.cause
  }
  if (typeof error === 'string') words.push(error)
  clues.words = words.join('\n')
  return clues
}

function readError(error: Record<string, unknown>, clues: Clues, words: string[]): void {
  if (typeof error.name === 'string') clues.names.add(error.name)
  if (typeof error.statusCode === 'number') clues.status ??= error.statusCode
  if (isRecord(error.responseHeaders)) clues.headers = { ...error.responseHeaders, ...clues.headers }
  const payload = isRecord(error.data) ? error.data : {}
  const inner = isRecord(payload.error) ? payload.error : {}
  for (const holder of [error, payload, inner]) {
    for (const code of [holder.code, holder.type]) if (typeof code === 'string') clues.codes.add(code)
  }
  for (const text of [error.message, error.responseBody]) if (typeof text === 'string') words.push(text)
}

/** Words of letters and underscores: nothing else that a provider sends is repeated. */
const IDENTIFIER = /^[A-Za-z][A-Za-z_]{1,49}$/

function detailOf({ names, codes, status }: Clues): string {
  const known = [...names, ...codes].filter((word) => IDENTIFIER.test(word))
  return [...(status === undefined ? [] : [`status ${status}`]), ...known].join(', ') || 'no code'
}

function retryAfterOf(headers: Record<string, unknown>, now: number): number | undefined {
  const ms = Number.parseFloat(String(headers['retry-after-ms']))
  if (Number.isFinite(ms)) return Math.max(0, Math.round(ms))
  const value = headers['retry-after']
  if (typeof value !== 'string') return undefined
  const seconds = /^\s*\d+(\.\d+)?\s*$/.test(value) ? Number(value) : Number.NaN
  const wait = Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000
  return Number.isFinite(wait) ? Math.max(0, Math.round(wait)) : undefined
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
