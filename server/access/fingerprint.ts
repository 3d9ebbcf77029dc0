import { createHmac } from 'node:crypto'

/**
 * What a value is known again by, 43 characters. It stays when a text is erased, and whoever has the store alone cannot
 * try words against it: that takes the server's own secret.
 */
export type Fingerprint = (value: unknown) => string

export function createFingerprint(ownSecret: Uint8Array): Fingerprint {
  // A key of its own: people see fingerprints of values that they choose, and ids and tokens come from the same secret.
  const key = createHmac('sha256', ownSecret).update('fingerprint').digest()
  return (value) => createHmac('sha256', key).update(JSON.stringify(value)).digest('base64url')
}
