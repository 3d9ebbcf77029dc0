import { describe, expect, it } from 'vitest'
import { readSettings, SettingsError } from './settings.ts'

const input = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] }
const tool = {
  ...{ name: 'crm.add', description: 'Adds.', url: 'https://crm.example/add', input },
  ...{ effect: 'write', replay: 'keyed' },
}
const pinned = { name: 'search', effect: 'read', replay: 'safe' }
const server = { name: 'wiki', url: 'https://wiki.example/mcp', tools: [pinned] }

const inEnv = (given: { tools?: unknown; mcp?: unknown }, more: Record<string, string> = {}) => ({
  ...(given.tools === undefined ? {} : { COLLOQUY_TOOLS: JSON.stringify(given.tools) }),
  ...(given.mcp === undefined ? {} : { COLLOQUY_MCP: JSON.stringify(given.mcp) }),
  ...more,
})
const read = (env: Record<string, string>, file?: string) => readSettings({ argv: [], env, file })

function problems(env: Record<string, string>, file?: string): string[] {
  try {
    read(env, file)
  } catch (error) {
    if (error instanceof SettingsError) return [...error.problems]
    throw error
  }
  return []
}

describe('settings of tools', () => {
  it('[G18] tools and MCP servers are set in the file, or as JSON text in the environment', () => {
    const file = JSON.stringify({ tools: [tool], mcp: [server], webAllow: ['http://10.0.0.5:8080'] })
    for (const settings of [read({}, file), read(inEnv({ tools: [tool], mcp: [server] }), '{}')]) {
      expect(settings.tools).toMatchObject([{ name: 'crm.add', url: 'https://crm.example/add' }])
      expect(settings.tools[0]?.input.safeParse({ id: 7 }).success).toBe(false)
      expect(settings.mcp).toEqual([server])
    }
    expect(read({}, file).webAllow).toEqual(['http://10.0.0.5:8080'])
    expect(read({ COLLOQUY_WEB_ALLOW: 'http://localhost:1, https://a.example/' }).webAllow).toEqual([
      ...['http://localhost:1', 'https://a.example'],
    ])
  })

  it('[G18] all that may be said of a tool is read', () => {
    const full = {
      approver: 'moderator',
      timeout: 5000,
      probeUrl: 'http://a/b',
      output: {},
      audience: ['bo', 'al'],
    }
    const { tools, mcp } = read(
      inEnv({
        tools: [{ ...tool, ...full, headers: { 'x-a': 'b' } }],
        mcp: [{ ...server, tools: [{ ...pinned, approver: 'author', timeout: 1, sha256: 'a'.repeat(64) }] }],
      }),
    )
    const { output: _, ...rest } = full
    expect(tools).toMatchObject([{ ...rest, audience: ['al', 'bo'], headers: { 'x-a': 'b' } }])
    expect(mcp[0]?.tools).toEqual([{ ...pinned, approver: 'author', timeout: 1, sha256: 'a'.repeat(64) }])
  })

  it.each<[object, string]>([
    [{ name: 'crm add' }, 'name of entry 1 of COLLOQUY_TOOLS must be at most 64 letters, digits, and . _ -'],
    [
      { name: 'x'.repeat(65) },
      'name of entry 1 of COLLOQUY_TOOLS must be at most 64 letters, digits, and . _ -',
    ],
    [{ description: ' ' }, 'description of entry 1 of COLLOQUY_TOOLS must say what the tool does'],
    [{ description: undefined }, 'description of entry 1 of COLLOQUY_TOOLS must say what the tool does'],
    [{ url: 'crm.example' }, 'url of entry 1 of COLLOQUY_TOOLS must be an http(s) URL'],
    [{ url: 'file:///etc' }, 'url of entry 1 of COLLOQUY_TOOLS must be an http(s) URL'],
    [
      { url: 'https://u:p@crm.example' },
      'url of entry 1 of COLLOQUY_TOOLS must not hold a password: that goes into headers',
    ],
    [{ probeUrl: 7 }, 'probeUrl of entry 1 of COLLOQUY_TOOLS must be an http(s) URL'],
    [{ effect: 'delete' }, 'effect of entry 1 of COLLOQUY_TOOLS must be read or write'],
    [{ replay: undefined }, 'replay of entry 1 of COLLOQUY_TOOLS must be safe or keyed or unsafe'],
    [{ approver: 'owner' }, 'approver of entry 1 of COLLOQUY_TOOLS must be author or moderator'],
    [{ timeout: 0.5 }, 'timeout of entry 1 of COLLOQUY_TOOLS must be a whole number of ms from 1 to 300000'],
    [
      { timeout: 300_001 },
      'timeout of entry 1 of COLLOQUY_TOOLS must be a whole number of ms from 1 to 300000',
    ],
    [
      { input: { type: 'string' } },
      'input of entry 1 of COLLOQUY_TOOLS must be a JSON schema of type object',
    ],
    [{ input: undefined }, 'input of entry 1 of COLLOQUY_TOOLS must be a JSON schema of type object'],
    [
      { input: { type: 'object', properties: { a: { $ref: '#/$defs/hunter2' } } } },
      'input of entry 1 of COLLOQUY_TOOLS must be a JSON schema that can be checked: Reference not found',
    ],
    [
      { output: { type: 'hunter2' } },
      'output of entry 1 of COLLOQUY_TOOLS must be a JSON schema that can be checked: Unsupported type',
    ],
    [{ output: 'x' }, 'output of entry 1 of COLLOQUY_TOOLS must be a JSON schema'],
    [{ audience: [] }, 'audience of entry 1 of COLLOQUY_TOOLS must be everyone or a list of userIds'],
    [{ headers: { 'a b': 'x' } }, 'a b of headers of entry 1 of COLLOQUY_TOOLS is not the name of a header'],
    [
      { headers: { 'Idempotency-Key': 'x' } },
      'Idempotency-Key of headers of entry 1 of COLLOQUY_TOOLS is a header that the server sets itself',
    ],
    [
      { headers: { a: 'x\ny' } },
      'a of headers of entry 1 of COLLOQUY_TOOLS holds a character that no header has',
    ],
    [
      { ulr: 'x' },
      'entry 1 of COLLOQUY_TOOLS has ulr; a tool has: name, description, url, input, output, effect, replay, approver, timeout, headers, probeUrl, audience',
    ],
  ])('[G19] a tool with %o is refused, by its place', (wrong, problem) => {
    expect(problems(inEnv({ tools: [{ ...tool, ...wrong }] }))).toEqual([problem])
  })

  it.each<[unknown, string]>([
    [{ ...server, tools: [] }, 'tools of entry 1 of COLLOQUY_MCP must name a tool'],
    [
      { ...server, name: 'a/b' },
      'name of entry 1 of COLLOQUY_MCP must be at most 62 letters, digits, and . _ -',
    ],
    [{ ...server, url: 'wiki' }, 'url of entry 1 of COLLOQUY_MCP must be an http(s) URL'],
    [{ ...server, args: [] }, 'entry 1 of COLLOQUY_MCP has args; a server has: name, url, headers, tools'],
    [
      { ...server, tools: [{ ...pinned, sha256: 'abc' }] },
      'sha256 of entry 1 of tools of entry 1 of COLLOQUY_MCP must be 64 hex digits',
    ],
    [
      { ...server, tools: [pinned, { ...pinned, name: 'x'.repeat(60) }] },
      "name of entry 2 of tools of entry 1 of COLLOQUY_MCP must be shorter: with the server's name it has more than 64 characters",
    ],
    [7, 'entry 1 of COLLOQUY_MCP must be a server: an object of name, url, headers, tools'],
  ])('[G19] so is a server: %o', (wrong, problem) => {
    expect(problems(inEnv({ mcp: [wrong] }))).toEqual([problem])
  })

  it('[G19] what is no list is told, and several problems at once', () => {
    expect(problems({ COLLOQUY_TOOLS: '[', COLLOQUY_MCP: '{}', COLLOQUY_WEB_ALLOW: '10.0.0.1' })).toEqual([
      'COLLOQUY_TOOLS must be a list of tools',
      'COLLOQUY_MCP must be a list of servers',
      'entry 1 of COLLOQUY_WEB_ALLOW must be an origin such as https://example.com, without a path',
    ])
    expect(
      problems({}, JSON.stringify({ tools: [tool, { ...tool, url: '' }, { ...tool, effect: 7 }] })),
    ).toEqual([
      'url of entry 2 of tools in colloquy.config.json must be an http(s) URL',
      'effect of entry 3 of tools in colloquy.config.json must be read or write',
    ])
  })

  it('[G20] no two tools have one name, and none has that of a built-in tool', () => {
    const named = (name: string) => ({ ...tool, name })
    const wiki = { ...server, tools: [pinned, pinned] }
    expect(
      problems(
        inEnv({ tools: [named('a'), named('web.fetch'), named('a'), named('wiki.search')], mcp: [wiki] }),
      ),
    ).toEqual([
      'entry 2 of tools has the name of a built-in tool: choose another',
      'entry 3 of tools has the name of entry 1 of tools: choose another',
      'entry 1 of tools of entry 1 of mcp has the name of entry 4 of tools: choose another',
      'entry 2 of tools of entry 1 of mcp has the name of entry 4 of tools: choose another',
    ])
    expect(problems(inEnv({ tools: [named('constructor'), named('a'), named('A')] }))).toEqual([])
  })

  it('[G21] a header may name a variable of the environment, so that no secret lies in the file', () => {
    const headers = {
      authorization: 'Bearer $CRM_KEY',
      'x-key': '$CRM_KEY',
      'x-price': '$5',
      'x-b': 'a $CRM_KEY b',
    }
    const file = JSON.stringify({
      tools: [{ ...tool, headers }],
      mcp: [{ ...server, headers: { a: '$wiki' } }],
    })
    const { tools, mcp } = read({ CRM_KEY: 'k1\n', wiki: 'w' }, file)
    expect(tools[0]?.headers).toEqual({
      ...{ authorization: 'Bearer k1', 'x-key': 'k1', 'x-price': '$5', 'x-b': 'a $CRM_KEY b' },
    })
    expect(mcp[0]?.headers).toEqual({ a: 'w' })
    const place = 'of headers of entry 1 of'
    expect(problems({ CRM_KEY: '“' }, file)).toEqual([
      `authorization ${place} tools names a variable that holds a character no header has`,
      `x-key ${place} tools names a variable that holds a character no header has`,
      `a ${place} mcp names an environment variable that is not set`,
    ])
  })

  it('[G8] no value, so no secret, is in the message', () => {
    const secret = 'hunter2'
    const every = Object.fromEntries(Object.keys(tool).map((key) => [key, secret]))
    const wrong = {
      ...every,
      headers: { a: `${secret}\n`, b: `$${secret}` },
      audience: secret,
      timeout: secret,
    }
    const message = [
      ...problems({ COLLOQUY_TOOLS: secret, COLLOQUY_MCP: secret, COLLOQUY_WEB_ALLOW: secret }),
      ...problems(inEnv({ tools: [secret, wrong], mcp: [secret, { ...wrong, tools: [wrong, secret] }] })),
      ...problems(inEnv({ tools: [{ ...tool, headers: { b: `$${secret}` } }] })),
      ...problems(
        inEnv({
          tools: [
            { ...tool, name: secret },
            { ...tool, name: secret },
          ],
        }),
      ),
    ].join('\n')
    expect(message).not.toContain(secret)
    expect(message.split('\n').length).toBeGreaterThan(10)
  })
})
