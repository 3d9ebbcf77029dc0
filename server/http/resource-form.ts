import { extname } from 'node:path'
import type { ResourceFormat } from '@colloquy/shared'
import { ColloquyError } from '@colloquy/shared'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { TEXT_BYTES } from '../access/resources.ts'
import { malformed } from './errors.ts'

const FORMATS: Readonly<Record<string, ResourceFormat>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.md': 'markdown',
  '.markdown': 'markdown',
}
const LIMITS = { fields: 10, files: 1, fileSize: TEXT_BYTES, fieldSize: TEXT_BYTES, fieldNameSize: 100 }

/**
 * The body of a form, in the shape of a JSON one: its file is the text, and says title and format where no field does;
 * `audience` is `everyone` or a JSON list.
 */
export async function readForm(request: FastifyRequest): Promise<Record<string, unknown>> {
  const fields = new Map<string, unknown>()
  let file: { name: string; text: string } | undefined
  for await (const part of request.parts({ limits: LIMITS })) {
    if (part.type === 'file') file = await readFile(part)
    else if (fields.has(part.fieldname)) throw malformed([{ path: 'body', message: 'has a field twice' }])
    else if (part.valueTruncated || part.fieldnameTruncated) throw tooLong(part.fieldname)
    else fields.set(part.fieldname, part.value)
  }
  const { audience, ...given } = Object.fromEntries(fields)
  const { name = '', text } = file ?? {}
  const format = FORMATS[extname(name).toLowerCase()]
  return {
    ...(name === '' ? {} : { title: name }),
    ...(format ? { format } : {}),
    ...given,
    ...(text === undefined ? {} : { text }),
    ...(audience === undefined ? {} : { audience: listIn(audience) }),
  }
}

function tooLong(field: string): ColloquyError {
  return new ColloquyError('TOO_LARGE', `The field ${field.slice(0, 100)} is too long.`, {
    limit: TEXT_BYTES,
  })
}

async function readFile(part: MultipartFile): Promise<{ name: string; text: string }> {
  const bytes = await part.toBuffer()
  try {
    return { name: part.filename ?? '', text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) }
  } catch {
    throw malformed([{ path: `body/${part.fieldname}`.slice(0, 200), message: 'is not UTF-8 text' }])
  }
}

/** What is no list stays what it is: the schema says whether it may be. */
function listIn(value: unknown): unknown {
  try {
    return typeof value === 'string' && value.startsWith('[') ? JSON.parse(value) : value
  } catch {
    return value
  }
}
