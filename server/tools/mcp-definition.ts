import { createHash } from 'node:crypto'
import { z } from 'zod'
import { canonicalJson } from './canonical.ts'
import { readArgsSchema, readJsonSchema } from './json-schema.ts'
import type { McpRequest } from './mcp-session.ts'

/** Tools of a listing that are looked at, and pages of it that are asked for. */
const MOST_TOOLS = 200
const MOST_PAGES = 20
const DESCRIPTION_LENGTH = 4_000

/** What a server says of a tool. */
export interface McpDefinition {
  description: string
  input: z.ZodType
  output?: z.ZodType
  /** Hash (hex) of all that it says of what the tool does and takes: another text is another hash. */
  sha256: string
}

const listing = z.looseObject({ tools: z.array(z.unknown()), nextCursor: z.string().optional() })
const named = z.looseObject({ name: z.string() })
const definition = z.object({
  name: z.string(),
  description: z.string().optional(),
  inputSchema: z.unknown(),
  outputSchema: z.unknown().optional(),
})

/** The definitions of the wanted tools, as the server lists them; of a name that is there twice, the first. */
export async function listDefinitions(
  request: McpRequest,
  wanted: ReadonlySet<string>,
): Promise<Map<string, unknown>> {
  const found = new Map<string, unknown>()
  let seen = 0
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES && seen < MOST_TOOLS && found.size < wanted.size; page++) {
    const { tools, nextCursor } = await request('tools/list', cursor === undefined ? {} : { cursor }, listing)
    for (const tool of tools.slice(0, MOST_TOOLS - seen)) {
      const name = named.safeParse(tool).data?.name
      if (name !== undefined && wanted.has(name) && !found.has(name)) found.set(name, tool)
    }
    seen += tools.length
    if (nextCursor === undefined) break
    cursor = nextCursor
  }
  return found
}

/** Reads a definition, or tells why it cannot be used. */
export function readDefinition(listed: unknown): McpDefinition | { problem: string } {
  const read = definition.safeParse(listed)
  if (!read.success) return { problem: 'its definition does not have the shape of one' }
  const { name, description = '', inputSchema, outputSchema } = read.data
  const input = readArgsSchema(inputSchema)
  if ('problem' in input) return { problem: `its inputSchema ${input.problem}` }
  const output = outputSchema === undefined ? null : readJsonSchema(outputSchema)
  if (output && 'problem' in output) return { problem: `its outputSchema ${output.problem}` }
  return {
    description: description.slice(0, DESCRIPTION_LENGTH).toWellFormed(),
    input: input.schema,
    ...(output ? { output: output.schema } : {}),
    sha256: createHash('sha256')
      .update(canonicalJson({ name, description, inputSchema, outputSchema }))
      .digest('hex'),
  }
}
