import { expect, it } from 'vitest'
import { readArgsSchema, writeJsonSchema } from './json-schema.ts'

const HOSTILE = '^(a+)+$'

function read(json: object) {
  const result = readArgsSchema({ type: 'object', ...json })
  if ('problem' in result) throw new Error(result.problem)
  return result.schema
}

it('[Y2] a pattern that would take for ever is told to the model and not tried', () => {
  const json = {
    type: 'object',
    properties: {
      pattern: { type: 'string', pattern: HOSTILE },
      list: { type: 'array', items: { anyOf: [{ type: 'string', pattern: HOSTILE }, { type: 'null' }] } },
    },
    required: ['pattern'],
    additionalProperties: false,
  }
  const schema = read(json)
  const text = `${'a'.repeat(50)}!`
  expect(schema.safeParse({ pattern: text, list: [text, null] }).success).toBe(true)
  expect(schema.safeParse({ list: [] }).success).toBe(false)
  expect(schema.safeParse({ pattern: 1 }).success).toBe(false)
  expect(schema.safeParse({ pattern: 'a', other: 1 }).success).toBe(false)
  expect(writeJsonSchema(schema)).toEqual(json)
})

it('[Y2] keys that only a pattern allows are left to the tool', () => {
  const json = { patternProperties: { [HOSTILE]: { type: 'string' } }, additionalProperties: false }
  expect(read(json).safeParse({ [`${'a'.repeat(50)}!`]: 'x' }).success).toBe(true)
})

it('[Y2] choices that only a pattern tells apart are all left open', () => {
  const id = {
    oneOf: [{ type: 'string', pattern: '^U' }, { type: 'string', pattern: '^C' }, { type: 'null' }],
  }
  const schema = read({ properties: { id, list: { type: 'array', items: id } } })
  for (const given of ['U1', 'C1', null])
    expect(schema.safeParse({ id: given, list: [given] }).success).toBe(true)
  expect(schema.safeParse({ id: 1 }).success).toBe(false)
  expect(writeJsonSchema(schema)).toMatchObject({ properties: { id } })
})

it('[Y2] what excludes by a pattern is refused', () => {
  expect(readArgsSchema({ type: 'object', properties: { a: { not: { pattern: 'x' } } } })).toHaveProperty(
    'problem',
  )
  expect(
    readArgsSchema({ type: 'object', properties: { a: { type: 'string', pattern: '(' } } }),
  ).toHaveProperty('problem')
})

it('[Y2] a schema of an older draft reaches the model as one of today', () => {
  const pair = { type: 'array', items: [{ type: 'string', pattern: '^a' }, { type: 'number' }] }
  const $schema = 'http://json-schema.org/draft-07/schema#'
  expect(writeJsonSchema(read({ $schema, properties: { pair } }))).toMatchObject({
    properties: { pair: { prefixItems: [{ type: 'string', pattern: '^a' }, { type: 'number' }] } },
  })
})

it('[Y2] what is data and not a schema stays as it is', () => {
  const schema = read({ properties: { kind: { const: { pattern: 'x' } } } })
  expect(writeJsonSchema(schema)).toMatchObject({ properties: { kind: { const: { pattern: 'x' } } } })
})
