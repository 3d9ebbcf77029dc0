import { z } from 'zod'

/** A JSON schema as zod checks it, or why it cannot: without any of its values, which may be anything. */
export type ReadSchema = { schema: z.ZodType } | { problem: string }

/**
 * Reads a JSON schema (2020-12, 7 or 4). What zod cannot check is refused; what it passes over (`required` of a key that
 * is no property, a limit without a `type`) is the tool's own to check.
 */
export function readJsonSchema(json: unknown): ReadSchema {
  if (!isRecord(json)) return { problem: 'must be a JSON schema' }
  // Its name would take its place wherever the schema is written out.
  const { $id: _, id: __, ...schema } = json
  try {
    return { schema: z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema) }
  } catch (error) {
    const [why] = error instanceof Error ? error.message.split(':') : []
    return { problem: `must be a JSON schema that can be checked: ${why}` }
  }
}

/** The same for arguments, which are an object. */
export function readArgsSchema(json: unknown): ReadSchema {
  if (isRecord(json) && json.type === 'object') return readJsonSchema(json)
  return { problem: 'must be a JSON schema of type object' }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
