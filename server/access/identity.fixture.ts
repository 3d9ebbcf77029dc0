import type { KeyObject } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import { SignJWT } from 'jose'
import type { Identity } from './identity.ts'

export const NOW = 1_800_000_000_000
export const SECRET = 'the secret of whoever issues tokens for the team'
export const OWN_SECRET = new Uint8Array(32).fill(7)
export const bytes = (text: string) => new TextEncoder().encode(text)

export function clockAt(start: number) {
  let now = start
  const pass = (ms: number) => {
    now += ms
  }
  return { now: () => now, after: () => () => {}, pass }
}

interface Made {
  header?: Record<string, unknown>
  claims?: Record<string, unknown>
  alg?: string
  key?: Uint8Array | KeyObject
}

/** A token of the issuer's. */
export function make({
  header = {},
  claims = {},
  alg = 'HS256',
  key = bytes(SECRET),
}: Made = {}): Promise<string> {
  const exp = Math.floor(NOW / 1000) + 3600
  const payload = { sub: 'ann', iss: 'colloquy', aud: 'colloquy', exp, ...claims }
  return new SignJWT(payload).setProtectedHeader({ alg, ...header }).sign(key)
}

export const bearer = async (made: Made = {}) => `Bearer ${await make(made)}`

export async function refusal(identity: Identity, authorization: string | undefined): Promise<ColloquyError> {
  const error = await identity.identify(authorization).then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!(error instanceof ColloquyError)) throw new Error(`not refused: ${String(error)}`)
  return error
}

/** A log that keeps what it is told. */
export function keptLog() {
  const lines: object[] = []
  const keep = (fields: object, message: string) => void lines.push({ message, ...fields })
  return { lines, info: keep, warn: keep, error: keep }
}
