import type { Settings } from './settings.ts'

type Headers = Record<string, string>

/** A header that is a variable of the environment, perhaps behind its scheme: `$CRM_KEY`, `Bearer $CRM_KEY`. */
const REFERENCE = /^(?<scheme>[\w-]+ )?\$(?<variable>[A-Za-z_]\w*)$/

/**
 * Puts in what the headers of tools refer to, so that no secret has to lie in the settings file.
 * @returns `missing`: what refers to nothing; without values, which may be secrets
 */
export function fillHeaders(
  settings: Settings,
  env: Readonly<Record<string, string | undefined>>,
): { settings: Settings; missing: string[] } {
  const missing: string[] = []
  function filled(headers: Headers, place: string): Headers {
    const entries = Object.entries(headers).map(([header, value]): [string, string] => {
      const { scheme = '', variable } = REFERENCE.exec(value)?.groups ?? {}
      if (variable === undefined) return [header, value]
      const found = env[variable]?.trim()
      if (!found)
        missing.push(`${header} of headers of ${place} names an environment variable that is not set`)
      else if (!/^[\x20-\x7e]*$/.test(found)) {
        missing.push(`${header} of headers of ${place} names a variable that holds a character no header has`)
      }
      return [header, `${scheme}${found}`]
    })
    return Object.fromEntries(entries)
  }
  const fill = <T extends { headers?: Headers }>(all: readonly T[], key: string): T[] =>
    all.map((one, at) =>
      one.headers ? { ...one, headers: filled(one.headers, `entry ${at + 1} of ${key}`) } : one,
    )
  const { tools, mcp } = settings
  return { settings: { ...settings, tools: fill(tools, 'tools'), mcp: fill(mcp, 'mcp') }, missing }
}
