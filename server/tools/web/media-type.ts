import { MIMEType } from 'node:util'
import { ToolError } from '../tool.ts'

/** How a body is read; `unnamed` when its sender did not say what it is. */
export type PageKind = 'html' | 'xml' | 'json' | 'text' | 'unnamed'

export interface PageType {
  readonly kind: PageKind
  /** The label of the charset that the sender named. */
  readonly charset?: string
}

const TEXT_TYPES = new Set([
  'application/javascript',
  'application/ecmascript',
  'application/x-javascript',
  'application/yaml',
  'application/x-yaml',
  'application/toml',
  'application/sql',
  'application/x-sh',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
])

/**
 * What a `Content-Type` header says about reading the body.
 * @throws ToolError that names the type when it is none of text
 */
export function pageType(header: string | undefined): PageType {
  if (header === undefined || header.trim() === '') return { kind: 'unnamed' }
  let type: MIMEType
  try {
    type = new MIMEType(header)
  } catch {
    throw new ToolError('The server names a content type that is not one.')
  }
  const kind = kindOf(type.essence)
  if (kind === null) {
    throw new ToolError(`The URL holds ${type.essence.slice(0, 100)}, which cannot be read as text.`)
  }
  const charset = type.params.get('charset')
  return charset === null ? { kind } : { kind, charset }
}

function kindOf(essence: string): PageKind | null {
  if (essence === 'text/html' || essence === 'application/xhtml+xml') return 'html'
  if (essence.startsWith('image/')) return null
  if (essence === 'application/json' || essence === 'text/json' || essence.endsWith('+json')) return 'json'
  if (essence === 'application/xml' || essence === 'text/xml' || essence.endsWith('+xml')) return 'xml'
  return essence.startsWith('text/') || TEXT_TYPES.has(essence) ? 'text' : null
}
