import { DEFAULT_LIMITS } from '@colloquy/shared/limits'
import type { z } from 'zod'
import { contradictions } from './settings-contradictions.ts'
import { fillHeaders } from './settings-headers.ts'
import { ENV, FLAGS, KEYS, type Key, SETTINGS_FILE, schema } from './settings-schema.ts'
import { unknown } from './settings-spelling.ts'

/** Everything that is wrong with the settings, in one message. No value is in it: values may be secrets. */
export class SettingsError extends Error {
  override name = 'SettingsError'
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(['The settings do not work:', ...problems.map((problem) => `  - ${problem}`)].join('\n'))
    this.problems = problems
  }
}

/** What the server runs with. */
export interface Settings extends z.output<typeof schema> {
  /** By `NODE_ENV=production`. */
  mode: 'development' | 'production'
  /** The providers' own environment variables. */
  providers: Record<'openai' | 'anthropic', { apiKey?: string | undefined; baseURL?: string | undefined }>
}

export interface SettingsSources {
  /** The arguments after the program's name. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** The text of the settings file, if there is one. */
  file?: string | undefined
}

/** Settings from flags, else the environment, else the file, else the defaults. Pure; throws a `SettingsError`. */
export function readSettings({ argv, env, file }: SettingsSources): Settings {
  const problems: string[] = []
  const given: Given[] = [fromFile(file, problems), fromEnv(env, problems), fromFlags(argv, problems)]
  const values = Object.assign({}, ...given.map(({ values }) => values))
  const names = Object.assign({}, ...given.map(({ names }) => names))
  let parsed = schema.safeParse(values)
  if (!parsed.success) {
    for (const { path, message } of parsed.error.issues) {
      problems.push(`${pathOf(path, names)} ${message}`)
      // With its default instead, the rest can be looked at in the same run.
      delete values[String(path[0])]
    }
    parsed = schema.safeParse(values)
  }
  const mode = env.NODE_ENV?.trim().toLowerCase() === 'production' ? 'production' : 'development'
  if (parsed.success) {
    const given: Settings = { ...parsed.data, mode, providers: providersOf(env) }
    const { settings, missing } = fillHeaders(given, env)
    problems.push(...contradictions(given), ...missing)
    if (problems.length === 0) return settings
  }
  throw new SettingsError(problems)
}

/** Values that one source gives, and what each is called there. */
interface Given {
  values: Partial<Record<Key, unknown>>
  names: Partial<Record<Key, string>>
}

function fromFile(file: string | undefined, problems: string[]): Given {
  const given: Given = { values: {}, names: {} }
  if (file === undefined) return given
  const content = parseObject(file)
  if (!content) problems.push(`${SETTINGS_FILE} is not a JSON object`)
  for (const [name, value] of Object.entries(content ?? {})) {
    const key = KEYS.find((one) => one === name)
    if (!key) problems.push(unknown(`${name} in ${SETTINGS_FILE}`, name, KEYS))
    else take(given, key, value, `${key} in ${SETTINGS_FILE}`)
    if (key === 'limits' && isRecord(value)) {
      for (const one of Object.keys(value).filter((one) => !(one in DEFAULT_LIMITS))) {
        problems.push(unknown(`limits.${one} in ${SETTINGS_FILE}`, one, Object.keys(DEFAULT_LIMITS)))
        delete value[one]
      }
    }
  }
  return given
}

function fromEnv(env: SettingsSources['env'], problems: string[]): Given {
  const given: Given = { values: {}, names: {} }
  const known = Object.values(ENV)
  for (const [name, value] of Object.entries(env)) {
    // An empty variable is how compose files say that there is none.
    if (value === undefined || value === '') continue
    const key = KEYS.find((one) => ENV[one] === name)
    if (key) take(given, key, value, name)
    else if (name.startsWith('COLLOQUY_') && !isServiceLink(name, value))
      problems.push(unknown(name, name, known))
  }
  return given
}

/**
 * What Kubernetes sets where there is a service whose name begins with colloquy. A bare port is somebody's mistake for
 * PORT.
 */
function isServiceLink(name: string, value: string): boolean {
  if (name.endsWith('_PORT') && value.includes('://')) return true
  return /_SERVICE_(HOST|PORT)(_|$)|_PORT_\d+_(TCP|UDP|SCTP)(_|$)/.test(name)
}

function fromFlags(argv: readonly string[], problems: string[]): Given {
  const given: Given = { values: {}, names: {} }
  for (let at = 0; at < argv.length; at++) {
    const [, name, inline] = /^--([^=]+)(?:=([\s\S]*))?$/.exec(argv[at] ?? '') ?? []
    if (name === undefined) {
      problems.push(`argument ${at + 1} is not a flag (with npm: npm start -- --port 4455)`)
      continue
    }
    const key = FLAGS.find((one) => one === name)
    const next = argv[at + 1]
    const apart = inline === undefined && next !== undefined && !next.startsWith('--')
    if (apart) at++
    const value = inline ?? (apart ? next : undefined)
    if (!key)
      problems.push(
        unknown(
          `--${name}`,
          `--${name}`,
          FLAGS.map((flag) => `--${flag}`),
        ),
      )
    else if (value === undefined) problems.push(`--${name} needs a value`)
    else take(given, key, value, `--${name}`)
  }
  return given
}

function take(given: Given, key: Key, value: unknown, name: string): void {
  given.values[key] = value
  given.names[key] = name
}

/** From the inside out: `url of entry 2 of tools in colloquy.config.json`. */
function pathOf(path: readonly PropertyKey[], names: Record<string, string>): string {
  const [key, ...rest] = path.map(String)
  const parts = rest.map((part) => (/^\d+$/.test(part) ? `entry ${Number(part) + 1}` : part))
  return [...parts.reverse(), names[key ?? ''] ?? key ?? ''].join(' of ')
}

function providersOf(env: SettingsSources['env']): Settings['providers'] {
  const of = (name: string) => ({
    apiKey: env[`${name}_API_KEY`]?.trim() || undefined,
    baseURL: env[`${name}_BASE_URL`]?.trim() || undefined,
  })
  return { openai: of('OPENAI'), anthropic: of('ANTHROPIC') }
}

function parseObject(json: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(json)
    return isRecord(value) ? value : null
  } catch {
    return null
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
