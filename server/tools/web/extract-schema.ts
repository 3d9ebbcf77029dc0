import { ToolError } from '../tool.ts'

export const LEAF_TYPES = ['string', 'number', 'integer', 'boolean'] as const
export type LeafType = (typeof LEAF_TYPES)[number]
export type Scalar = string | number | boolean

/** One property to look for. */
export interface Wanted {
  /** The names on the way to it, outermost first. */
  readonly path: readonly string[]
  readonly type: LeafType
  /** True for an array of values of that type. */
  readonly list: boolean
  /** The only values it may have. */
  readonly oneOf?: readonly Scalar[]
}

const DEPTH = 5
const PROPERTIES = 100
const NAME_LENGTH = 100

/** Keywords that change nothing about what is looked for. */
const NOTES = ['title', 'description', '$schema', '$comment', 'examples', 'additionalProperties', 'required']

type Schema = Record<string, unknown>

/**
 * The properties that a JSON schema names: an object of plain values, lists of plain values and such objects.
 * `required` is understood and means nothing: every property is looked for and reported.
 * @throws ToolError that says where the schema asks for more than is supported
 */
export function parseWanted(schema: unknown): readonly Wanted[] {
  const found: Wanted[] = []
  const visit = (each: unknown, path: readonly string[]) => {
    const at = path.length === 0 ? 'The schema' : `"${path.join('.')}"`
    if (!isObject(each)) throw new ToolError(`${at} is not a JSON schema object.`)
    if (each.type !== 'object') {
      found.push(leaf(each, path, at))
      if (found.length > PROPERTIES) throw new ToolError(`The schema has more than ${PROPERTIES} properties.`)
      return
    }
    if (path.length >= DEPTH) throw new ToolError(`${at} is nested deeper than ${DEPTH} levels.`)
    onlyKeywords(each, ['type', 'properties'], at)
    if (!isObject(each.properties)) throw new ToolError(`${at} is an object without "properties".`)
    for (const [name, inner] of Object.entries(each.properties)) visit(inner, [...path, checkedName(name)])
  }
  if (!isObject(schema) || schema.type !== 'object')
    throw new ToolError('The schema must have type "object".')
  visit(schema, [])
  if (found.length === 0) throw new ToolError('The schema names no property.')
  return found
}

function leaf(schema: Schema, path: readonly string[], at: string): Wanted {
  if (schema.type !== 'array') return { path, list: false, ...plain(schema, at) }
  onlyKeywords(schema, ['type', 'items'], at)
  if (!isObject(schema.items)) throw new ToolError(`${at} is an array without "items".`)
  return { path, list: true, ...plain(schema.items, `An item of ${at}`) }
}

function plain(schema: Schema, at: string): Pick<Wanted, 'type' | 'oneOf'> {
  const type = LEAF_TYPES.find((each) => each === schema.type)
  if (type === undefined) throw new ToolError(`${at} must have one of the types ${LEAF_TYPES.join(', ')}.`)
  onlyKeywords(schema, ['type', 'enum'], at)
  if (schema.enum === undefined) return { type }
  if (!Array.isArray(schema.enum) || !schema.enum.every(isScalar)) {
    throw new ToolError(`${at} has an "enum" that is not a list of plain values.`)
  }
  return { type, oneOf: schema.enum }
}

function onlyKeywords(schema: Schema, known: readonly string[], at: string): void {
  const other = Object.keys(schema).find((key) => !known.includes(key) && !NOTES.includes(key))
  if (other !== undefined) throw new ToolError(`${at} uses "${other.slice(0, 50)}", which is not supported.`)
}

function checkedName(name: string): string {
  if (name === '' || name.length > NAME_LENGTH || name.includes('.') || name === '__proto__') {
    throw new ToolError(`A property must have a name of 1 to ${NAME_LENGTH} characters without dots.`)
  }
  return name
}

function isObject(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isScalar(value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}
