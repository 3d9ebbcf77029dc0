import { extname } from 'node:path'
import type { ResourceFormat } from '@colloquy/shared'
import { ColloquyError } from '@colloquy/shared'
import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { TEXT_BYTES } from '../access/resources.ts'
import { PDF_BYTES } from '../files/pdf-reader.ts'
import { malformed } from './errors.ts'

const FORMATS: Readonly<Record<string, ResourceFormat>> = {
  '.csv': 'csv',
  '.json': 'json',
  '.md': 'markdown',
  '.markdown': 'markdown',
}
const TITLE_LENGTH = 200
const LIMITS = { fields: 10, files: 1, fileSize: PDF_BYTES, fieldSize: TEXT_BYTES, fieldNameSize: 100 }

export interface Form {
  /**
   * In the shape of a JSON one: the file is the text, and says title and format where no field does; `audience` is
   * `everyone` or a JSON list.
   */
  body: Record<string, unknown>
  /** The file, where its text is still to be read; that in `body` is empty then. */
  pdf: Buffer | null
}

export async function readForm(request: FastifyRequest): Promise<Form> {
  const fields = new Map<string, unknown>()
  let file: { name: string; text: string; pdf: Buffer | null } | undefined
  for await (const part of request.parts({ limits: LIMITS })) {
    if (part.type === 'file') file = await readFile(part)
    else if (fields.has(part.fieldname)) throw malformed([{ path: 'body', message: 'has a field twice' }])
    else if (part.valueTruncated || part.fieldnameTruncated) throw tooLong(part.fieldname)
    else fields.set(part.fieldname, part.value)
  }
  const { audience, ...given } = Object.fromEntries(fields)
  const { name = '', text, pdf = null } = file ?? {}
  const format = FORMATS[extname(name).toLowerCase()]
  const body = {
    ...(name === '' ? {} : { title: name }),
    ...(format ? { format } : {}),
    ...given,
    ...(text === undefined ? {} : { text }),
    ...(audience === undefined ? {} : { audience: listIn(audience) }),
  }
  return { body, pdf }
}

function tooLong(field: string): ColloquyError {
  return new ColloquyError('TOO_LARGE', `The field ${field.slice(0, 100)} is too long.`, {
    limit: TEXT_BYTES,
  })
}

async function readFile(part: MultipartFile): Promise<{ name: string; text: string; pdf: Buffer | null }> {
  const bytes = await part.toBuffer()
  const name = titleOf(part.filename ?? '')
  if (isPdf(bytes)) return { name, text: '', pdf: bytes }
  if (bytes.length > TEXT_BYTES) throw tooLong(part.fieldname)
  try {
    return { name, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), pdf: null }
  } catch {
    throw malformed([{ path: `body/${part.fieldname}`.slice(0, 200), message: 'is not UTF-8 text' }])
  }
}

/** By what it is, not by what it calls itself. */
function isPdf(bytes: Buffer): boolean {
  return bytes.subarray(0, 1024).includes('%PDF-')
}

/** A name from elsewhere, as a title may be: no folders, nothing that turns or hides text, not longer than one. */
function titleOf(name: string): string {
  const last = name.split(/[\\/]/).at(-1) ?? ''
  const line = last.toWellFormed().replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, '')
  return line.trim().slice(0, TITLE_LENGTH).toWellFormed().trim()
}

/** What is no list stays what it is: the schema says whether it may be. */
function listIn(value: unknown): unknown {
  try {
    return typeof value === 'string' && value.startsWith('[') ? JSON.parse(value) : value
  } catch {
    return value
  }
}
