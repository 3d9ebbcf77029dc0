import { isDeepStrictEqual } from 'node:util'
import { z } from 'zod'

/** A JSON schema as zod checks it, or why it cannot: without any of its values, which may be anything. */
export type ReadSchema = { schema: z.ZodType } | { problem: string }

type Json = Record<string, unknown>

/** Keywords whose value is an object of schemas by name. */
const NAMED = new Set(['properties', '$defs', 'definitions', 'dependentSchemas'])
/** Keywords whose value is data and not a schema. */
const DATA = new Set(['const', 'enum', 'default', 'examples'])
/** What is checked here, by what was said: the model is told of patterns too. */
const said = new WeakMap<z.ZodType, z.ZodType>()

/**
 * Reads a JSON schema (2020-12, 7 or 4). What zod cannot check is refused; what it passes over (`required` of a key that
 * is no property, a limit without a `type`) and every `pattern` is the tool's own to check.
 */
export function readJsonSchema(json: unknown): ReadSchema {
  if (!isRecord(json)) return { problem: 'must be a JSON schema' }
  // Its name would take its place wherever the schema is written out.
  const { $id: _, id: __, ...schema } = json
  try {
    const whole = z.fromJSONSchema(schema as z.core.JSONSchema.JSONSchema)
    const checked = z.fromJSONSchema(withoutPatterns(schema) as z.core.JSONSchema.JSONSchema)
    said.set(checked, whole)
    return { schema: checked }
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

/** A schema as JSON (2020-12), for who fills it in. */
export function writeJsonSchema(schema: z.ZodType): Json {
  const whole = said.get(schema) ?? schema
  const { $schema: _, ...json } = z.toJSONSchema(whole, { io: 'input', unrepresentable: 'any' })
  return json
}

/**
 * A pattern of somebody else's on a text of a model's may take longer than any of us live, and nothing else would run
 * meanwhile.
 */
function withoutPatterns(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(withoutPatterns)
  if (!isRecord(schema)) return schema
  const { pattern: _, patternProperties: named, ...kept } = schema
  // Which keys are additional then is not known either.
  if (named !== undefined) delete kept.additionalProperties
  const result = Object.fromEntries(
    Object.entries(kept).map(([key, value]) => [key, withoutPatternsIn(key, value)]),
  )
  return isDeepStrictEqual(result, kept) ? kept : loosened(result)
}

/** Of choices that only a pattern told apart, more than one may fit; so may more items. */
function loosened({ oneOf, contains: _, minContains: __, maxContains: ___, ...schema }: Json): Json {
  if (oneOf === undefined) return schema
  const { allOf } = schema
  return { ...schema, allOf: [...(Array.isArray(allOf) ? allOf : []), { anyOf: oneOf }] }
}

function withoutPatternsIn(keyword: string, value: unknown): unknown {
  if (DATA.has(keyword)) return value
  if (!NAMED.has(keyword) || !isRecord(value)) return withoutPatterns(value)
  return Object.fromEntries(Object.entries(value).map(([name, schema]) => [name, withoutPatterns(schema)]))
}

function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
