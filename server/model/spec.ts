/** One entry of `COLLOQUY_MODEL`. `name` is what a prompt names it by, and what people see. */
export type ModelSpec =
  | { provider: 'offline'; name: 'offline' }
  | { provider: 'anthropic' | 'openai'; name: string; id: string }
  | { provider: 'compatible'; name: string; id: string; baseUrl: string }

/** The models that a setting names, or what is wrong with it. */
export type ModelSpecs = { specs: ModelSpec[] } | { problem: string }

export const MODEL_GRAMMAR = 'offline, anthropic/<id>, openai/<id> or <base URL>#<id>'

/**
 * Reads `offline | anthropic/<id> | openai/<id> | <base URL>#<id>`, or several of them with commas between;
 * the first is the default. A model behind a base URL is named by its id alone: where it runs is nobody's
 * business but the operator's.
 */
export function parseModels(setting: string): ModelSpecs {
  const specs: ModelSpec[] = []
  for (const [index, entry] of setting.split(',').entries()) {
    const spec = parseModel(entry.trim())
    if (typeof spec === 'string') return { problem: `entry ${index + 1} ${spec}` }
    if (specs.some(({ name }) => name === spec.name)) return { problem: `names ${spec.name} twice` }
    specs.push(spec)
  }
  return { specs }
}

function parseModel(entry: string): ModelSpec | string {
  if (entry === 'offline') return { provider: 'offline', name: 'offline' }
  const [, provider, id] = /^(anthropic|openai)\/([^\s#]{1,150})$/.exec(entry) ?? []
  if (id && (provider === 'anthropic' || provider === 'openai')) return { provider, name: entry, id }
  if (/^https?:\/\//.test(entry)) return parseCompatible(entry)
  return `must be ${MODEL_GRAMMAR}`
}

function parseCompatible(entry: string): ModelSpec | string {
  const hash = entry.indexOf('#')
  const id = hash < 0 ? '' : entry.slice(hash + 1)
  if (!/^\S{1,150}$/.test(id)) return 'needs a model id after its base URL: <base URL>#<id>'
  const url = URL.parse(entry.slice(0, hash))
  if (!url) return 'has a base URL that is no URL'
  if (url.username || url.password || url.search)
    return 'has a key in its base URL: put it in COLLOQUY_MODEL_KEY'
  const route = routeIn(url)
  if (route) return `has a base URL that ends in ${route}: leave that out`
  return { provider: 'compatible', name: id, id, baseUrl: url.href.replace(/\/$/, '') }
}

/** The route that stands at the end of what should be a base URL: it is added to it once more. */
export function routeIn(url: URL): string | undefined {
  return /\/(chat\/completions|responses|messages)(?=\/*$)/.exec(url.pathname)?.[0]
}
