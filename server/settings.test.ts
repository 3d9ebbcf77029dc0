import { DEFAULT_LIMITS } from '@colloquy/shared/limits'
import { expect, it } from 'vitest'
import { readSettings, SettingsError, type SettingsSources } from './settings.ts'

const read = (sources: Partial<SettingsSources>) => readSettings({ argv: [], env: {}, ...sources })
const SECRET = 's'.repeat(32)
const PUBLIC = 'https://team.example'
const PRODUCTION = { NODE_ENV: 'production', COLLOQUY_PUBLIC_URL: PUBLIC }

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
    ...{ jwtIssuer: 'colloquy', jwtAudience: 'colloquy', workspace: 'default', trustProxy: 0 },
    ...{ model: [{ provider: 'offline', name: 'offline' }], offlineTps: 40, limits: DEFAULT_LIMITS },
    ...{ tools: [], mcp: [], webAllow: [], redisFsync: 'always', redisReplicas: 0, leaseMs: 6_000 },
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
    'argument 3 is not a flag (with npm: npm start -- --port 4455)',
    '--host needs a value',
    'PORT must be a whole number from 0 to 65535',
    'COLLOQUY_MODEL entry 1 must be offline, anthropic/<id>, openai/<id> or <base URL>#<id>',
    'offlineTps in colloquy.config.json must not be negative',
    'boardBytes of limits in colloquy.config.json must be a whole number over 0',
    'NODE_ENV is production: set COLLOQUY_JWT_SECRET or COLLOQUY_JWKS_URL',
    'NODE_ENV is production: set COLLOQUY_PUBLIC_URL to where people reach this server, such as https://ai.example.com',
  ])
})

it.each([
  [{ argv: ['--zzz'] }, '--zzz is unknown; known: --port, --host, --data, --model, --seed'],
  [{ argv: ['--jwtSecret=x'] }, '--jwtSecret is unknown; known: --port, --host, --data, --model, --seed'],
  [{ file: '{"jwtAudience":" "}' }, 'jwtAudience in colloquy.config.json must be text'],
  [{ file: '{"jwtSecret":""}' }, 'jwtSecret in colloquy.config.json must not be empty'],
  [{ env: { COLLOQUY_TRUST_PROXY: 'yes' } }, 'COLLOQUY_TRUST_PROXY must be a whole number from 0 to 100'],
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
  [
    { NODE_ENV: 'production', COLLOQUY_PUBLIC_URL: PUBLIC },
    'NODE_ENV is production: set COLLOQUY_JWT_SECRET',
  ],
  [{ NODE_ENV: 'production', COLLOQUY_PUBLIC_URL: PUBLIC, COLLOQUY_JWT_SECRET: 'short' }, 'shorter than 32'],
  [{ COLLOQUY_JWT_SECRET: SECRET, COLLOQUY_JWKS_URL: 'https://id.example/jwks' }, 'are both set'],
])('[G6] %o is not safe to start with', (env, problem) => {
  expect(problems({ env })).toEqual([expect.stringContaining(problem)])
})

it.each([
  [{ ...PRODUCTION, COLLOQUY_JWT_SECRET: SECRET, COLLOQUY_HOST: '0.0.0.0' }],
  [{ ...PRODUCTION, COLLOQUY_JWKS_URL: 'https://id.example/jwks', COLLOQUY_HOST: '::' }],
  [{ COLLOQUY_HOST: 'localhost' }],
  [{ COLLOQUY_JWT_SECRET: 'short' }],
])('[G7] %o is', (env) => {
  expect(problems({ env })).toEqual([])
})

it.each([
  ['0.0.0.0', {}],
  ['::', { COLLOQUY_JWT_SECRET: SECRET }],
  ['team.example', { COLLOQUY_JWKS_URL: 'https://id.example/jwks' }],
])(
  '[G11] development listens on this machine alone, and not on %s; who wants that is told how',
  (host, more) => {
    const [problem, ...others] = problems({ env: { COLLOQUY_HOST: host, ...more } })
    expect(others).toEqual([])
    for (const part of [
      'COLLOQUY_HOST',
      'NODE_ENV=production',
      'COLLOQUY_PUBLIC_URL',
      'COLLOQUY_JWT_SECRET',
    ]) {
      expect(problem).toContain(part)
    }
  },
)

it('[G12] production is production in any case of its letters', () => {
  for (const NODE_ENV of ['production', 'Production', 'PRODUCTION', 'production ']) {
    expect(read({ env: { ...PRODUCTION, NODE_ENV, COLLOQUY_JWT_SECRET: SECRET } }).mode).toBe('production')
  }
  for (const NODE_ENV of [undefined, '', 'development', 'prod', 'test']) {
    expect(read({ env: { NODE_ENV } }).mode).toBe('development')
  }
})

it('[G13] what Kubernetes tells of a service named colloquy is no setting; a port meant for us is told', () => {
  const links = {
    COLLOQUY_PORT: 'tcp://10.0.0.1:4455',
    COLLOQUY_PORT_4455_TCP: 'tcp://10.0.0.1:4455',
    COLLOQUY_PORT_4455_TCP_ADDR: '10.0.0.1',
    COLLOQUY_SERVICE_HOST: '10.0.0.1',
    COLLOQUY_SERVICE_PORT: '4455',
    COLLOQUY_SERVICE_PORT_HTTP: '4455',
    COLLOQUY_WEB_SERVICE_HOST: '10.0.0.2',
    COLLOQUY_WEB_PORT: 'tcp://10.0.0.2:80',
    COLLOQUY_REDIS_PORT_6379_TCP_PROTO: 'tcp',
  }
  expect(read({ env: links }).port).toBe(4455)
  expect(problems({ env: { COLLOQUY_PORT: '8080' } })).toEqual([
    expect.stringContaining('COLLOQUY_PORT is unknown'),
  ])
  expect(problems({ env: { COLLOQUY_SERVICES: 'x' } })).toHaveLength(1)
})

it('[G14] production needs to know how people reach it', () => {
  const env = { NODE_ENV: 'production', COLLOQUY_JWT_SECRET: SECRET }
  expect(problems({ env })).toEqual([expect.stringContaining('set COLLOQUY_PUBLIC_URL')])
  expect(problems({ env: { ...env, COLLOQUY_PUBLIC_URL: 'http://10.0.0.5:4455' } })).toEqual([])
})

const OPENAI = { COLLOQUY_MODEL: 'openai/gpt-5', OPENAI_API_KEY: 'k' }
const CLAUDE = { COLLOQUY_MODEL: 'anthropic/claude-haiku-4-5', ANTHROPIC_API_KEY: 'k' }

it.each([
  [{ ...OPENAI, OPENAI_BASE_URL: 'localhost:11434/v1' }, 'OPENAI_BASE_URL must be an http(s) URL'],
  [{ ...CLAUDE, ANTHROPIC_BASE_URL: 'nonsense' }, 'ANTHROPIC_BASE_URL must be an http(s) URL'],
  [
    { ...OPENAI, OPENAI_BASE_URL: 'http://a/v1/responses' },
    'OPENAI_BASE_URL ends in /responses: leave that out',
  ],
  [
    { ...OPENAI, OPENAI_BASE_URL: 'http://a/v1/chat/completions/' },
    'OPENAI_BASE_URL ends in /chat/completions: leave that out',
  ],
  [
    { ...CLAUDE, ANTHROPIC_BASE_URL: 'https://a/v1/messages' },
    'ANTHROPIC_BASE_URL ends in /messages: leave that out',
  ],
  [
    { COLLOQUY_MODEL: 'http://a/v1/chat/completions#m' },
    'COLLOQUY_MODEL entry 1 has a base URL that ends in /chat/completions: leave that out',
  ],
  [{ ...OPENAI, OPENAI_API_KEY: 'sk-“x”' }, 'OPENAI_API_KEY holds a character that no key has'],
  [{ ...CLAUDE, ANTHROPIC_API_KEY: 'sk\nx' }, 'ANTHROPIC_API_KEY holds a character that no key has'],
  [
    { COLLOQUY_MODEL: 'http://a/v1#m', COLLOQUY_MODEL_KEY: 'k\tx' },
    'COLLOQUY_MODEL_KEY holds a character that no key has',
  ],
])('[G15] %o is told before the first prompt', (env, problem) => {
  expect(problems({ env })).toEqual([expect.stringContaining(problem)])
})

it('[G15] what no model uses is not looked at, and an end of line after a key is none of it', () => {
  expect(problems({ env: { OPENAI_BASE_URL: 'nonsense', ANTHROPIC_API_KEY: '“' } })).toEqual([])
  expect(read({ env: { ...OPENAI, OPENAI_API_KEY: 'k\n' } }).providers.openai.apiKey).toBe('k')
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
