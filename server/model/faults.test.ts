import { expect, it } from 'vitest'
import { fault, faultOf } from './faults.ts'

const NOW = Date.parse('2026-11-23T10:00:00Z')
const named = (name: string, more: object = {}) => Object.assign(new Error('said something'), { name }, more)
const api = (statusCode: number, message = '', data: object = {}) =>
  Object.assign(named('AI_APICallError', { statusCode, data }), { message })

it.each([
  [api(429), 'PROVIDER_BUSY'],
  [api(529), 'PROVIDER_BUSY'],
  [
    api(429, 'You exceeded your current quota', { error: { code: 'insufficient_quota' } }),
    'PROVIDER_REFUSED',
  ],
  [api(401), 'PROVIDER_AUTH'],
  [api(403), 'PROVIDER_AUTH'],
  [named('AI_LoadAPIKeyError'), 'PROVIDER_AUTH'],
  [api(400), 'PROVIDER_REFUSED'],
  [api(404), 'PROVIDER_NOT_FOUND'],
  [
    api(404, 'Invalid URL (POST /v1/v1/responses)', { error: { type: 'invalid_request_error' } }),
    'PROVIDER_NOT_FOUND',
  ],
  [api(307), 'PROVIDER_NOT_FOUND'],
  [api(422), 'PROVIDER_REFUSED'],
  [api(404, '{"error":{"type":"not_found_error","message":"model: claude-none"}}'), 'MODEL_UNKNOWN'],
  [api(404, 'model "llama9.1" not found, try pulling it first'), 'MODEL_UNKNOWN'],
  [api(400, '', { error: { code: 'model_not_found' } }), 'MODEL_UNKNOWN'],
  [api(400, "Unknown parameter: 'x' for this model"), 'PROVIDER_REFUSED'],
  [api(400, '', { error: { code: 'context_length_exceeded' } }), 'CONTEXT_TOO_LARGE'],
  [api(400, "This model's maximum context length is 8192 tokens"), 'CONTEXT_TOO_LARGE'],
  [api(413), 'CONTEXT_TOO_LARGE'],
  [api(408), 'PROVIDER_TIMEOUT'],
  [api(500), 'PROVIDER_UNAVAILABLE'],
  [api(504), 'PROVIDER_UNAVAILABLE'],
  [api(200), 'PROVIDER_CUT'],
  [named('AI_APICallError', { cause: named('Error', { code: 'ECONNREFUSED' }) }), 'PROVIDER_UNAVAILABLE'],
  [
    named('AI_APICallError', { cause: named('Error', { code: 'UND_ERR_CONNECT_TIMEOUT' }) }),
    'PROVIDER_TIMEOUT',
  ],
  [named('TypeError', { cause: named('SocketError', { code: 'UND_ERR_SOCKET' }) }), 'PROVIDER_CUT'],
  [named('AI_StreamProviderError', { type: 'overloaded_error' }), 'PROVIDER_BUSY'],
  [named('AI_StreamProviderError', { code: 'rate_limit_exceeded' }), 'PROVIDER_BUSY'],
  [named('AI_StreamProviderError', { code: 'server_is_overloaded' }), 'PROVIDER_BUSY'],
  [named('AI_StreamProviderError', { statusCode: 429 }), 'PROVIDER_BUSY'],
  [named('AI_StreamProviderError', { type: 'something_new' }), 'PROVIDER_UNAVAILABLE'],
  [named('AI_NoOutputGeneratedError'), 'PROVIDER_CUT'],
  [new Error('what is this'), 'PROVIDER_CUT'],
  [new TypeError('undefined is not a function'), 'INTERNAL'],
  ['a string', 'INTERNAL'],
  [undefined, 'INTERNAL'],
])('[K1] %s is %s', (error, code) => {
  expect(faultOf(error, NOW).code).toBe(code)
})

it.each([
  [{ 'retry-after': '7' }, 7000],
  [{ 'retry-after': '0.5' }, 500],
  [{ 'retry-after': '7', 'retry-after-ms': '1500' }, 1500],
  [{ 'retry-after': 'Mon, 23 Nov 2026 10:00:30 GMT' }, 30_000],
  [{ 'retry-after': 'Mon, 23 Nov 2026 09:00:00 GMT' }, 0],
  [{ 'retry-after': 'soon' }, undefined],
  [{}, undefined],
])('[K2] %o asks to wait %s ms', (responseHeaders, wait) => {
  expect(faultOf(Object.assign(api(429), { responseHeaders }), NOW).retryAfter).toBe(wait)
})

it('[K3] a detail repeats names and codes, never a message, a header or a value', () => {
  const error = Object.assign(
    api(400, 'Ben earns 4711', { error: { code: 'invalid_prompt', type: 'Ben earns 4711' } }),
    {
      responseBody: 'sk-secret',
      responseHeaders: { authorization: 'sk-secret' },
      cause: named('Error', { code: 'sk-proj-1234' }),
    },
  )
  expect(faultOf(error, NOW).detail).toBe('status 400, AI_APICallError, Error, invalid_prompt')
})

it('[K4] whether it is worth another try follows from the code', () => {
  const retryable = (
    ['PROVIDER_BUSY', 'PROVIDER_UNAVAILABLE', 'PROVIDER_CUT', 'PROVIDER_TIMEOUT'] as const
  ).map((code) => fault(code, ''))
  const final = (
    [
      'PROVIDER_AUTH',
      'PROVIDER_REFUSED',
      'PROVIDER_NOT_FOUND',
      'MODEL_UNKNOWN',
      'CONTEXT_TOO_LARGE',
      'INTERNAL',
      'ABORTED',
    ] as const
  ).map((code) => fault(code, ''))
  expect(retryable.every((one) => one.retryable)).toBe(true)
  expect(final.some((one) => one.retryable)).toBe(false)
})

it('[K5] causes that go round in a ring are read once', () => {
  const error: Error = new Error('ring')
  error.cause = error
  expect(faultOf(error, NOW).code).toBe('PROVIDER_CUT')
})
