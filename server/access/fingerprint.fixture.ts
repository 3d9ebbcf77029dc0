import { createFingerprint } from './fingerprint.ts'

export const FINGERPRINT = createFingerprint(new Uint8Array(32))
