import { DEFAULT_LIMITS, type Limits } from '@colloquy/shared/limits'
import { z } from 'zod'
import { MODEL_GRAMMAR, parseModels } from './model/spec.ts'
import { FSYNC } from './nodes/check-store.ts'
import { httpTools, mcpServers } from './tools/tool-settings.ts'

// Every setting: what it may be, what it is without being set, what `--help` says of it, and its names.

/** The settings file, looked for in the folder the server starts in. */
export const SETTINGS_FILE = 'colloquy.config.json'

const number = (schema: z.ZodNumber) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value), schema)

const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`
  return z.number({ error }).int({ error }).min(least, { error }).max(most, { error })
}

const text = (error: string) => z.string({ error }).trim().min(1, { error })

/** `https://host[:port]` and nothing more. */
const origin = z
  .string({ error: 'must be text' })
  .refine(isOrigin, { error: 'must be an origin such as https://example.com, without a path' })
  .transform((value) => new URL(value).origin)

const list = (item: z.ZodType<string, string>) =>
  z.preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((one) => one.trim()) : value),
    z.array(item, { error: 'must be a list' }),
  )

/** What only JSON can say: in the file as it is, in the environment as text. */
const json = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === 'string' ? parseJson(value) : value), schema)

const models = text(`must be ${MODEL_GRAMMAR}`).transform((setting, context) => {
  const read = parseModels(setting)
  if ('specs' in read) return read.specs
  context.addIssue({ code: 'custom', message: read.problem })
  return z.NEVER
})

const limit = z
  .int({ error: 'must be a whole number over 0' })
  .min(1, { error: 'must be a whole number over 0' })
const limitShape = Object.fromEntries(Object.keys(DEFAULT_LIMITS).map((key) => [key, limit.optional()]))

export const schema = z.strictObject({
  port: number(wholeNumber(0, 65_535)).default(4455).describe('where it listens; 0: a free one (4455)'),
  host: text('must be a host name or an address')
    .default('127.0.0.1')
    .describe('the address it listens on (127.0.0.1: this machine alone)'),
  data: text('must be the path of a folder')
    .default('./data')
    .describe('the folder that keeps everything (./data)'),
  redisUrl: z
    .url({ protocol: /^rediss?$/, error: 'must be a redis:// or rediss:// URL' })
    .optional()
    .describe('the Redis that several servers share, in place of a data folder'),
  redisFsync: z
    .enum(FSYNC, { error: `must be ${FSYNC.join(', ')}` })
    .default('always')
    .describe('how soon Redis must have on its disk what it acknowledges: always, everysec or no (always)'),
  redisReplicas: number(wholeNumber(0, 10))
    .default(0)
    .describe('replicas that must have what is written before it is acknowledged (0)'),
  leaseMs: number(wholeNumber(500, 10_000))
    .default(6_000)
    .describe('ms that a server may be silent before others take its sessions (6000)'),
  jwtSecret: z
    .string({ error: 'must be text' })
    .min(1, { error: 'must not be empty' })
    .optional()
    .describe('the HS256 secret of whoever issues sign-in tokens'),
  jwksUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http(s) URL' })
    .optional()
    .describe('where the issuer publishes its keys, in place of a secret'),
  jwtIssuer: text('must be text').default('colloquy').describe('`iss` of the issuer’s tokens (colloquy)'),
  jwtAudience: text('must be text').default('colloquy').describe('`aud` of the issuer’s tokens (colloquy)'),
  workspace: text('must be text')
    .default('default')
    .describe('tokens whose `workspace` names another are refused (default)'),
  model: models.prefault('offline').describe(`${MODEL_GRAMMAR}; with commas, several (offline)`),
  modelKey: text('must be text').optional().describe('the key for a base URL in the model setting'),
  publicUrl: origin.optional().describe('where people reach it, such as https://ai.example.com'),
  trustProxy: number(wholeNumber(0, 100))
    .default(0)
    .describe('how many proxies in front tell who asks by X-Forwarded-For (0)'),
  embedOrigins: list(origin).default([]).describe('sites that may embed it, with commas'),
  offlineTps: number(z.number({ error: 'must be a number' }).min(0, { error: 'must not be negative' }))
    .default(40)
    .describe('tokens a second of the offline model; 0: as fast as it can (40)'),
  seed: z
    .enum(['sample', 'none'], { error: 'must be sample or none' })
    .default('sample')
    .describe('the first session in development: sample or none (sample)'),
  tools: json(httpTools).default([]).describe('tools that are HTTP endpoints: a JSON list'),
  mcp: json(mcpServers).default([]).describe('MCP servers and which of their tools to offer: a JSON list'),
  webAllow: list(origin)
    .default([])
    .describe('origins that web.fetch may reach although they are private, with commas'),
  limits: z
    .strictObject(limitShape, { error: 'must be an object of known limits' })
    .default({})
    .transform((limits): Limits => ({ ...DEFAULT_LIMITS, ...limits })),
})

export type Key = keyof typeof schema.shape

export const ENV: Partial<Record<Key, string>> = {
  port: 'PORT',
  host: 'COLLOQUY_HOST',
  data: 'COLLOQUY_DATA',
  redisUrl: 'COLLOQUY_REDIS_URL',
  redisFsync: 'COLLOQUY_REDIS_FSYNC',
  redisReplicas: 'COLLOQUY_REDIS_REPLICAS',
  leaseMs: 'COLLOQUY_LEASE_MS',
  jwtSecret: 'COLLOQUY_JWT_SECRET',
  jwksUrl: 'COLLOQUY_JWKS_URL',
  jwtIssuer: 'COLLOQUY_JWT_ISSUER',
  jwtAudience: 'COLLOQUY_JWT_AUDIENCE',
  workspace: 'COLLOQUY_WORKSPACE',
  model: 'COLLOQUY_MODEL',
  modelKey: 'COLLOQUY_MODEL_KEY',
  publicUrl: 'COLLOQUY_PUBLIC_URL',
  trustProxy: 'COLLOQUY_TRUST_PROXY',
  embedOrigins: 'COLLOQUY_EMBED_ORIGINS',
  offlineTps: 'COLLOQUY_OFFLINE_TPS',
  tools: 'COLLOQUY_TOOLS',
  mcp: 'COLLOQUY_MCP',
  webAllow: 'COLLOQUY_WEB_ALLOW',
}
/** No secret has a flag: other people of the machine see what a process was started with. */
export const FLAGS: readonly Key[] = ['port', 'host', 'data', 'model', 'seed']
export const KEYS = Object.keys(schema.shape) as Key[]

/** What is no JSON stays text, which is not what is wanted either. */
function parseJson(value: string): unknown {
  try {
    return JSON.parse(value)
  } catch {
    return value
  }
}

function isOrigin(value: string): boolean {
  const url = URL.parse(value)
  return (
    url !== null &&
    /^https?:$/.test(url.protocol) &&
    [url.origin, `${url.origin}/`].includes(value.toLowerCase())
  )
}
