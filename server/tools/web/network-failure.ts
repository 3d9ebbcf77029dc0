import { errors } from 'undici'
import { ToolError } from '../tool.ts'

/**
 * What people and models hear when a request failed. Says nothing that the network layer wrote: its messages
 * hold addresses.
 */
export function networkFailure(error: unknown, { host }: URL): ToolError {
  if (error instanceof ToolError) return error
  return new ToolError(sentence(error, host), { cause: error })
}

function sentence(error: unknown, host: string): string {
  if (error instanceof errors.ConnectTimeoutError) return `"${host}" did not accept a connection in time.`
  if (error instanceof errors.HeadersTimeoutError || error instanceof errors.BodyTimeoutError) {
    return `"${host}" stopped answering.`
  }
  if (error instanceof errors.HeadersOverflowError) return `The headers that "${host}" answers are too large.`
  if (error instanceof errors.HTTPParserError) return `"${host}" does not answer in HTTP.`
  const code = codeOf(error)
  if (isCertificateFailure(code)) return `The certificate of "${host}" is not valid.`
  if (code.startsWith('ERR_SSL_') || code === 'EPROTO') return `No secure connection to "${host}" came about.`
  if (isCompressionFailure(code)) return `What "${host}" answers is not compressed as it says.`
  return `"${host}" could not be reached, or closed the connection early.`
}

/** The code of an error, or of the first of several attempts. */
function codeOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return codeOf(error.errors[0])
  if (!(error instanceof Error) || !('code' in error)) return ''
  return String(error.code)
}

function isCertificateFailure(code: string): boolean {
  return (
    code.startsWith('ERR_TLS_CERT') ||
    /^(CERT|CRL|UNABLE_TO|ERROR_IN_CERT|DEPTH_ZERO|SELF_SIGNED|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|HOSTNAME_MISMATCH)/.test(
      code,
    )
  )
}

function isCompressionFailure(code: string): boolean {
  return code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR_FORMAT')
}
