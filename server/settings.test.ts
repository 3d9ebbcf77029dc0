import { DEFAULT_LIMITS } from '@colloquy/shared/limits'
import { expect, it } from 'vitest'
import { readSettings, SettingsError, type SettingsSources } from './settings.ts'

const read = (sources: Partial<SettingsSources>) => readSettings({ argv: [], env: {}, ...sources })
const SECRET = 's'.repeat(32)

function problems(sources: Partial<SettingsSources>): string[] {
  try {
    read(sources)
  } catch (error) {
    if (error instanceof SettingsError) return [...error.problems]
    throw error
  }
  return []
}

it('[G1] nothing set: a development server for this machine, with the offline model', () => {
  expect(read({})).toEqual({
    ...{
      mode: 'development',
      port: 4455,
      host: '127.0.0.1',
      data: './data',
      seed: 'sample',
      embedOrigins: [],
    },
    ...{ jwtIssuer: 'colloquy', jwtAudience: 'colloquy' },
    ...{ model: [{ provider: 'offline', name: 'offline' }], offlineTps: 40, limits: DEFAULT_LIMITS },
    providers: { openai: {}, anthropic: {} },
  })
})

it('[G2] flags win over the environment, that over the file, that over the defaults', () => {
  const file = JSON.stringify({ port: 1, host: '::1', data: '/file', offlineTps: 5 })
  const env = { PORT: '2', COLLOQUY_DATA: '/env', COLLOQUY_HOST: '' }
  expect(read({ argv: ['--port=3', '--seed', 'none'], env, file })).toMatchObject({
    ...{ port: 3, data: '/env', host: '::1', offlineTps: 5, seed: 'none' },
  })
})

it('[G3] lists, origins, models and limits are read', () => {
  const env = {
    COLLOQUY_EMBED_ORIGINS: 'https://a.example, http://localhost:3000/',
    COLLOQUY_PUBLIC_URL: 'https://Talk.example/',
    COLLOQUY_MODEL: 'anthropic/claude-haiku-4-5,offline',
    ...{ COLLOQUY_JWT_ISSUER: 'https://id.example/', COLLOQUY_JWT_AUDIENCE: 'team' },
    ...{ ANTHROPIC_API_KEY: 'k', ANTHROPIC_BASE_URL: 'http://proxy/v1' },
  }
  const settings = read({ env, file: '{"limits":{"pendingPerPerson":3}}' })
  expect(settings.embedOrigins).toEqual(['https://a.example', 'http://localhost:3000'])
  expect(settings.publicUrl).toBe('https://talk.example')
  expect([settings.jwtIssuer, settings.jwtAudience]).toEqual(['https://id.example/', 'team'])
  expect(settings.model.map(({ name }) => name)).toEqual(['anthropic/claude-haiku-4-5', 'offline'])
  expect(settings.providers.anthropic).toEqual({ apiKey: 'k', baseURL: 'http://proxy/v1' })
  expect(settings.limits).toEqual({ ...DEFAULT_LIMITS, pendingPerPerson: 3 })
})

it('[G4] all problems come in one message', () => {
  expect(
    problems({
      argv: ['--prot', '80', 'loose', '--host'],
      env: { NODE_ENV: 'production', PORT: 'http', COLLOQUY_MODLE: 'offline', COLLOQUY_MODEL: 'gpt-5' },
      file: '{"sead":"none","offlineTps":-1,"limits":{"promptByte":1,"boardBytes":0}}',
    }),
  ).toEqual([
    'sead in colloquy.config.json is unknown: did you mean seed?',
    'limits.promptByte in colloquy.config.json is unknown: did you mean promptBytes?',
    'COLLOQUY_MODLE is unknown: did you mean COLLOQUY_MODEL?',
    '--prot is unknown: did you mean --port?',
    'argument 3 is not a flag',
    '--host needs a value',
    'PORT must be a whole number from 0 to 65535',
    'COLLOQUY_MODEL entry 1 must be offline, anthropic/<id>, openai/<id> or <base URL>#<id>',
    'offlineTps in colloquy.config.json must not be negative',
    'boardBytes of limits in colloquy.config.json must be a whole number over 0',
    'NODE_ENV is production: set COLLOQUY_JWT_SECRET or COLLOQUY_JWKS_URL',
  ])
})

it.each([
  [{ argv: ['--zzz'] }, '--zzz is unknown; known: --port, --host, --data, --model, --seed'],
  [{ argv: ['--jwtSecret=x'] }, '--jwtSecret is unknown; known: --port, --host, --data, --model, --seed'],
  [{ file: '{"jwtAudience":" "}' }, 'jwtAudience in colloquy.config.json must be text'],
  [{ file: '[1]' }, 'colloquy.config.json is not a JSON object'],
  [{ env: { PORT: '65536' } }, 'PORT must be a whole number from 0 to 65535'],
  [
    { env: { COLLOQUY_PUBLIC_URL: 'https://a.example/app' } },
    'COLLOQUY_PUBLIC_URL must be an origin such as https://example.com, without a path',
  ],
  [
    { env: { COLLOQUY_EMBED_ORIGINS: 'https://a.example,*' } },
    'entry 2 of COLLOQUY_EMBED_ORIGINS must be an origin such as https://example.com, without a path',
  ],
  [{ env: { COLLOQUY_MODEL: 'openai/gpt-5' } }, 'COLLOQUY_MODEL names openai/gpt-5: set OPENAI_API_KEY'],
  [
    { env: { COLLOQUY_MODEL: 'http://a/v1#m,http://b/v1#n', COLLOQUY_MODEL_KEY: 'k' } },
    'COLLOQUY_MODEL_KEY would go to each of several base URLs in COLLOQUY_MODEL: name one',
  ],
])('[G5] %o is refused', (sources, problem) => {
  expect(problems(sources)).toEqual([problem])
})

it.each([
  [{ NODE_ENV: 'production' }, 'NODE_ENV is production'],
  [{ NODE_ENV: 'production', COLLOQUY_JWT_SECRET: 'short' }, 'shorter than 32'],
  [{ COLLOQUY_HOST: '0.0.0.0' }, 'opens the server to the network'],
  [{ COLLOQUY_HOST: '0.0.0.0', COLLOQUY_JWT_SECRET: 'short' }, 'opens the server to the network'],
  [{ COLLOQUY_JWT_SECRET: SECRET, COLLOQUY_JWKS_URL: 'https://id.example/jwks' }, 'are both set'],
])('[G6] %o is not safe to start with', (env, problem) => {
  expect(problems({ env })).toEqual([expect.stringContaining(problem)])
})

it.each([
  [{ NODE_ENV: 'production', COLLOQUY_JWT_SECRET: SECRET, COLLOQUY_HOST: '0.0.0.0' }],
  [{ NODE_ENV: 'production', COLLOQUY_JWKS_URL: 'https://id.example/jwks', COLLOQUY_HOST: '::' }],
  [{ COLLOQUY_HOST: 'localhost' }],
  [{ COLLOQUY_JWT_SECRET: 'short' }],
])('[G7] %o is', (env) => {
  expect(problems({ env })).toEqual([])
})

it('[G8] no value, so no secret, is in the message', () => {
  const value = 'hunter2'
  const file = `{"jwtSecret": ${value}`
  const env = Object.fromEntries(
    ['PORT', 'COLLOQUY_JWKS_URL', 'COLLOQUY_MODEL', 'COLLOQUY_PUBLIC_URL', 'COLLOQUY_X'].map((name) => [
      name,
      value,
    ]),
  )
  const message = problems({
    argv: ['--portt=hunter2', value],
    env: { ...env, NODE_ENV: 'production', COLLOQUY_JWT_SECRET: value },
    file,
  }).join('\n')
  expect(message).not.toContain(value)
})
