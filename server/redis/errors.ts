/** By the word that Redis begins its errors with: what is wrong, and what whoever runs it can do. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [/^WRONGPASS|^NOAUTH|AUTH failed/, 'the user or the password in the URL is wrong'],
  [
    /^NOPERM|can't run this command/,
    'its user may not do what a server does: see docs/OPERATING.md for the rights it needs',
  ],
  [/^OOM/, 'it is out of memory: raise maxmemory'],
  [/^READONLY/, 'it is a replica, which takes no writes'],
  [/^MISCONF/, 'it cannot write its own disk, and takes no writes until it can'],
  [/^LOADING/, 'it is reading its data back, and answers when it has'],
  [/^CLUSTERDOWN/, 'its cluster is down'],
  [/^(MOVED|ASK|CROSSSLOT)/, 'it runs in cluster mode'],
  [/^MASTERDOWN/, 'it is a replica that has lost its primary'],
  [/^BUSY/, 'a script of somebody else keeps it busy'],
  [/ECONNREFUSED/, 'nothing listens there'],
  [/ENOTFOUND|EAI_AGAIN/, 'its name cannot be resolved'],
  [/ETIMEDOUT|timed out/, 'it did not answer in time'],
  [/ECONNRESET|EPIPE|Connection is closed|Stream isn't writeable/, 'the connection was lost'],
]

/** Why Redis did not do what it was asked, in words for whoever runs the server; without the URL and its password. */
export function whyRedis(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  const known = REASONS.find(([pattern]) => pattern.test(message) || pattern.test(code))
  return known?.[1] ?? message
}

/** The same error without what was sent: a password, or what people wrote. ioredis puts that on it. */
export function withoutCommand<T>(error: T): T {
  if (error instanceof Error && 'command' in error) delete error.command
  return error
}
