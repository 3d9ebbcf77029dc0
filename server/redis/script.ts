import { createHash } from 'node:crypto'
import type { Redis } from 'ioredis'
import { withoutCommand } from './errors.ts'

/** A script that runs inside of Redis, whole and alone. */
export interface Script {
  readonly sha: string
  readonly lua: string
}

export function script(lua: string): Script {
  return { sha: createHash('sha1').update(lua).digest('hex'), lua }
}

/**
 * Sends the scripts ahead of whatever is called on this connection. Sending one only once it is missed would change the
 * order of the calls.
 */
export function loadScripts(redis: Redis, scripts: readonly Script[]): void {
  // That it fails is told by the first call.
  for (const { lua } of scripts) redis.script('LOAD', lua).catch(() => undefined)
}

export type Argument = string | number | Uint8Array

/** What a script answered: bulk strings are bytes. */
export type Reply = Buffer | number | null | Reply[]

export async function runScript(
  redis: Redis,
  { sha, lua }: Script,
  keys: readonly string[],
  args: readonly Argument[],
): Promise<Reply> {
  const given = args.map((one) => (one instanceof Uint8Array ? asBuffer(one) : one))
  try {
    return (await redis.callBuffer('EVALSHA', sha, keys.length, ...keys, ...given)) as Reply
  } catch (error) {
    // Somebody has thrown all scripts away: this call has failed, the next will not.
    if (String(error).includes('NOSCRIPT')) loadScripts(redis, [{ sha, lua }])
    throw withoutCommand(error)
  }
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
}
