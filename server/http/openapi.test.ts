import { describe, expect, it } from 'vitest'
import { openEdge } from './edge.fixture.ts'

interface Operation {
  operationId: string
  summary: string
  parameters?: { name: string; in: string; required?: boolean; schema: object }[]
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> }
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>
  security?: object[]
}
interface Document {
  openapi: string
  info: { title: string; version: string }
  paths: Record<string, Record<string, Operation>>
}

const session = '/api/v1/sessions/{id}'
const ALL = [400, 401, 429, 500, 503]
const READ = [200, ...ALL, 404]
const BY_QUERY = [200, ...ALL, 403, 404, 409]
const BY_BODY = [...BY_QUERY, 413, 415]
/** The routes of DESIGN §10 that this server has, with every status that they may answer. */
const ROUTES: [string, string, number[]][] = [
  ['post', '/api/v1/sessions', [200, ...ALL, 403, 409, 413, 415]],
  ['get', '/api/v1/sessions', [200, ...ALL]],
  ['get', session, READ],
  ['patch', session, BY_BODY],
  ['get', `${session}/export`, READ],
  ['get', `${session}/audit`, [...READ, 403]],
  ['get', '/api/v1/search', READ],
  ['post', `${session}/prompts`, [202, ...BY_BODY.filter((status) => status !== 200)]],
  ['get', `${session}/prompts/{promptId}`, READ],
  ['patch', `${session}/prompts/{promptId}`, BY_BODY],
  ['delete', `${session}/prompts/{promptId}`, BY_QUERY],
  ['post', `${session}/prompts/{promptId}/move`, BY_BODY],
  ['post', `${session}/turns/{turnId}/cancel`, BY_BODY],
  ['post', `${session}/turns/{turnId}/approvals/{callId}`, BY_BODY],
  ['get', `${session}/lanes/{laneId}/messages`, READ],
  ['get', `${session}/view`, READ],
  ['post', `${session}/messages/{messageId}/share`, BY_BODY],
  [
    'post',
    `${session}/messages/{messageId}/regenerate`,
    [202, ...BY_BODY.filter((status) => status !== 200)],
  ],
  ['delete', `${session}/messages/{messageId}`, BY_QUERY],
  ['post', `${session}/forks`, BY_BODY],
  ['put', `${session}/policy`, BY_BODY],
  ['post', `${session}/members/{userId}/stop`, BY_BODY],
  ['post', `${session}/invites`, BY_BODY],
  ['get', `${session}/invites`, [...READ, 403]],
  ['delete', `${session}/invites/{code}`, BY_QUERY],
  ['get', `${session}/invites/{code}`, [...READ, 409]],
  ['post', `${session}/invites/{code}/accept`, BY_BODY],
  ['put', `${session}/members/{userId}`, BY_BODY],
  ['delete', `${session}/members/{userId}`, BY_QUERY],
  ['post', '/api/v1/tickets', [200, ...ALL, 403, 404, 413, 415]],
  ['get', '/api/v1/me', [200, ...ALL]],
  ['get', '/api/v1/people', [200, ...ALL, 403]],
  ['get', '/api/v1/workspace', [200, ...ALL]],
  ['put', '/api/v1/workspace', [200, ...ALL, 403, 409, 413, 415]],
  ['get', '/api/v1/tools/grants', [200, ...ALL, 403]],
  ['put', '/api/v1/tools/{name}/grant', [200, ...ALL, 403, 409, 413, 415]],
  ['put', '/api/v1/resources/{id}', [200, ...ALL, 403, 404, 409, 413, 415, 422]],
  ['patch', '/api/v1/resources/{id}', [200, ...ALL, 403, 404, 409, 413, 415]],
  ['get', '/api/v1/resources', [200, ...ALL]],
  ['get', '/api/v1/resources/{id}', READ],
  ['delete', '/api/v1/resources/{id}', BY_QUERY],
  ['post', '/api/v1/cookie', [200, ...ALL, 403, 413, 415]],
  ['delete', '/api/v1/cookie', [200, ...ALL, 403]],
  ['get', '/healthz', [200]],
  ['get', '/readyz', [200, 503]],
]

async function described(): Promise<Document> {
  const { app } = await openEdge()
  const document = (await app.inject('/openapi.json')).json<Document>()
  await app.close()
  return document
}
const operations = ({ paths }: Document) =>
  Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  )

describe('the OpenAPI description', () => {
  it('[H37] holds exactly the routes that there are, each with every status it may answer', async () => {
    const found = operations(await described()).map(({ method, path, operation }) => [
      method,
      path,
      Object.keys(operation.responses).map(Number).sort(),
    ])
    const expected = ROUTES.map(([method, path, statuses]) => [method, path, [...new Set(statuses)].sort()])
    const byName = (a: unknown[], b: unknown[]) => (`${a[1]} ${a[0]}` < `${b[1]} ${b[0]}` ? -1 : 1)
    expect(found.sort(byName)).toEqual(expected.sort(byName))
  })

  it('[H38] is OpenAPI 3.1: parameters declared, ids unique, every answer described by a schema', async () => {
    const document = await described()
    expect(document.openapi).toBe('3.1.0')
    const all = operations(document)
    expect(new Set(all.map(({ operation }) => operation.operationId)).size).toBe(all.length)
    for (const { path, method, operation } of all) {
      const declared = (operation.parameters ?? []).filter((one) => one.in === 'path').map(({ name }) => name)
      const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      expect(declared, path).toEqual(inPath)
      const hasBody = ['post', 'put', 'patch'].includes(method)
      expect(operation.requestBody !== undefined, path).toBe(hasBody)
      for (const { description, content } of Object.values(operation.responses)) {
        expect(description).not.toBe('')
        expect(description).not.toBe('Default Response')
        for (const { schema } of Object.values(content ?? {})) expect(Object.keys(schema)).not.toEqual([])
        expect(content?.['application/json']?.schema).toBeDefined()
      }
    }
  })

  it('[H39] refusals carry their codes, bodies refuse unknown fields, and a mutation names its commandId', async () => {
    const { paths } = await described()
    const submit = paths[`${session}/prompts`]?.post
    expect(submit?.responses[429]?.description).toBe('RATE_LIMITED · LANES_FULL · QUEUE_FULL')
    expect(submit?.responses[404]?.content?.['application/json']?.schema).toMatchObject({
      required: ['error'],
    })
    expect(submit?.requestBody?.content['application/json']?.schema).toMatchObject({
      additionalProperties: false,
      required: ['commandId', 'text'],
    })
    const withdraw = paths[`${session}/prompts/{promptId}`]?.delete
    expect(withdraw?.parameters?.find(({ name }) => name === 'commandId')).toMatchObject({
      in: 'query',
      required: true,
    })
  })
})
