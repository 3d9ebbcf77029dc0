import { routeIn } from './model/spec.ts'
import type { Settings } from './settings.ts'
import { BUILT_IN_TOOLS } from './tools/built-in.ts'

const LEAST_SECRET = 32
const IDENTITY = 'COLLOQUY_JWT_SECRET or COLLOQUY_JWKS_URL'

/** What is wrong with the settings that each of them alone does not show. */
export function contradictions(settings: Settings): string[] {
  return [
    ...[...identityProblems(settings), ...reachProblems(settings)],
    ...[...modelProblems(settings), ...toolProblems(settings)],
  ]
}

function* identityProblems({ mode, jwtSecret, jwksUrl }: Settings): Generator<string> {
  if (jwtSecret !== undefined && jwksUrl !== undefined) {
    yield 'COLLOQUY_JWT_SECRET and COLLOQUY_JWKS_URL are both set: one of them says who people are'
  }
  if (mode !== 'production') return
  if (jwtSecret !== undefined && jwtSecret.length < LEAST_SECRET) {
    yield `COLLOQUY_JWT_SECRET is shorter than ${LEAST_SECRET} characters`
  }
  if (jwtSecret === undefined && jwksUrl === undefined) yield `NODE_ENV is production: set ${IDENTITY}`
}

function* reachProblems({ mode, host, publicUrl }: Settings): Generator<string> {
  if (mode === 'production' && publicUrl === undefined) {
    yield 'NODE_ENV is production: set COLLOQUY_PUBLIC_URL to where people reach this server, such as https://ai.example.com'
  }
  // Its links sign in whoever has them.
  if (mode === 'development' && !isLoopback(host)) {
    yield `COLLOQUY_HOST opens the server to the network, and development mode is for this machine alone: set NODE_ENV=production, COLLOQUY_PUBLIC_URL and ${IDENTITY}`
  }
}

/** True where only this machine can connect. */
function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)
}

function* modelProblems({ model, modelKey, providers }: Settings): Generator<string> {
  for (const provider of ['openai', 'anthropic'] as const) {
    const named = model.find((spec) => spec.provider === provider)
    if (named) yield* providerProblems(provider.toUpperCase(), named.name, providers[provider])
  }
  const hosts = new Set(model.flatMap((spec) => (spec.provider === 'compatible' ? [spec.baseUrl] : [])))
  if (modelKey !== undefined && hosts.size > 1) {
    yield 'COLLOQUY_MODEL_KEY would go to each of several base URLs in COLLOQUY_MODEL: name one'
  }
  if (modelKey !== undefined) yield* keyProblems('COLLOQUY_MODEL_KEY', modelKey)
}

function* providerProblems(
  prefix: string,
  model: string,
  { apiKey, baseURL }: Settings['providers']['openai'],
): Generator<string> {
  if (apiKey === undefined) yield `COLLOQUY_MODEL names ${model}: set ${prefix}_API_KEY`
  else yield* keyProblems(`${prefix}_API_KEY`, apiKey)
  if (baseURL === undefined) return
  const url = URL.parse(baseURL)
  const route = url && routeIn(url)
  if (!url || !/^https?:$/.test(url.protocol)) yield `${prefix}_BASE_URL must be an http(s) URL`
  else if (route) yield `${prefix}_BASE_URL ends in ${route}: leave that out`
}

/** What HTTP would not carry in a header. */
function* keyProblems(name: string, key: string): Generator<string> {
  if (!/^[\x20-\x7e]*$/.test(key)) yield `${name} holds a character that no key has: copy it anew`
}

function* toolProblems({ tools, mcp }: Settings): Generator<string> {
  const taken = new Map(BUILT_IN_TOOLS.map((name) => [name, 'a built-in tool']))
  const named = [
    ...tools.map(({ name }, at) => ({ name, place: `entry ${at + 1} of tools` })),
    ...mcp.flatMap((server, s) =>
      server.tools.map((tool, t) => ({
        name: `${server.name}.${tool.name}`,
        place: `entry ${t + 1} of tools of entry ${s + 1} of mcp`,
      })),
    ),
  ]
  for (const { name, place } of named) {
    const other = taken.get(name)
    if (other) yield `${place} has the name of ${other}: choose another`
    else taken.set(name, place)
  }
}
