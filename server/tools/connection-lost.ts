/** Codes of a handshake that failed: what was to be sent is still here. */
const HANDSHAKE =
  /^(CERT_|ERR_TLS_CERT_|UNABLE_TO_|ERR_SSL_WRONG_VERSION|.*SELF_SIGNED_CERT|UND_ERR_CONNECT_TIMEOUT)/

/** True when `fetch` failed before it had sent anything: nothing can have happened at the other end. */
export function wasNeverSent(error: unknown): boolean {
  const { code = '', syscall = '', errors } = causeOf(error)
  if (syscall === 'connect' || syscall === 'getaddrinfo' || HANDSHAKE.test(code)) return true
  return Array.isArray(errors) && errors.length > 0 && errors.every(wasNeverSent)
}

/** A code for people and logs; the message may hold an address. */
export function codeOf(error: unknown): string {
  return causeOf(error).code ?? (error instanceof Error ? error.name : 'UNKNOWN')
}

type Cause = NodeJS.ErrnoException & { errors?: unknown }

function causeOf(error: unknown): Partial<Cause> {
  if (!(error instanceof Error)) return {}
  return error.cause instanceof Error ? error.cause : error
}

/** True for what a gateway answers that waited in vain: what is behind it may be at work all the same. */
export function mayBeAtWork(status: number | undefined): boolean {
  return status === 502 || status === 504
}
