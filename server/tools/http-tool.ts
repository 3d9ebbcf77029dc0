import { readCapped } from './capped-text.ts'
import { codeOf, mayBeAtWork, wasNeverSent } from './connection-lost.ts'
import { type CallContext, type Tool, ToolError, type Unusable } from './tool.ts'
import type { HttpToolSettings } from './tool-settings.ts'

/** Characters of the tool's own words about what went wrong. */
const WORDS_LENGTH = 500

/**
 * A tool that is an HTTP endpoint: the arguments are POSTed as JSON, with the call's key in `idempotency-key` and the
 * author in `colloquy-user`; the result is the JSON or text of a 2xx answer. No redirect is followed.
 */
export function createHttpTool(settings: HttpToolSettings): Tool {
  const { url, probeUrl, headers, audience = 'everyone', ...described } = settings
  return {
    ...described,
    audience: () => audience,
    async run(args, call) {
      const body = JSON.stringify(args)
      const own = { ...ownHeaders(call), 'content-type': 'application/json' }
      const response = await send(url, { method: 'POST', body, headers: { ...headers, ...own } }, call)
      if (!response.ok) throw await refusalOf(response)
      return readResult(response)
    },
    ...(probeUrl === undefined ? {} : { probe: (_, call) => probe(probeUrl, headers, call) }),
  }
}

async function probe(url: string, headers: HttpToolSettings['headers'], call: CallContext) {
  const response = await send(url, { headers: { ...headers, ...ownHeaders(call) } }, call)
  if (response.status === 200) return { result: await readResult(response) }
  const refusal = await refusalOf(response)
  if (response.status === 404) return null
  throw refusal
}

function ownHeaders({ key, principal }: CallContext) {
  return {
    accept: 'application/json, text/*;q=0.5',
    'idempotency-key': key,
    'colloquy-user': principal.userId,
    // Whether a kept connection still holds is not known before something was sent into it.
    connection: 'close',
  }
}

async function send(url: string, request: RequestInit, { signal }: CallContext): Promise<Response> {
  try {
    return await fetch(url, { ...request, redirect: 'manual', signal })
  } catch (error) {
    if (wasNeverSent(error)) {
      throw new ToolError(`The tool cannot be reached (${codeOf(error)}).`, { cause: error })
    }
    throw lost(error)
  }
}

async function readResult(response: Response): Promise<unknown> {
  const type = (response.headers.get('content-type') ?? 'text/plain').toLowerCase()
  const isJson = /^application\/([\w.+-]+\+)?json\b/.test(type)
  if (!isJson && !type.startsWith('text/')) {
    await response.body?.cancel()
    throw unusable('RESULT_INVALID', 'is neither JSON nor text')
  }
  const text = await readCapped(response).catch((error: unknown) => {
    throw lost(error)
  })
  if (text === null) throw unusable('RESULT_TOO_LARGE', 'has more than 1 MB')
  if (text === '' || !isJson) return text === '' ? null : text
  try {
    return JSON.parse(text)
  } catch (error) {
    throw unusable('RESULT_INVALID', 'should be JSON and is not', error)
  }
}

/** Not uncertain: the call was carried out, and would not end better another time. */
function unusable(what: Unusable, why: string, cause?: unknown): ToolError {
  return new ToolError(`The tool did its work, but its answer ${why}.`, { unusable: what, cause })
}

function lost(error: unknown): ToolError {
  const message = 'The connection was lost before the tool had answered: it may have done its work.'
  return new ToolError(message, { uncertain: true, cause: error })
}

async function refusalOf(response: Response): Promise<ToolError> {
  const { status } = response
  if (status >= 300 && status < 400) {
    await response.body?.cancel()
    return new ToolError(`The tool answered with a redirect (${status}), which is not followed.`)
  }
  const words = wordsIn(await readCapped(response).catch(() => null))
  const message = `The tool answered with status ${status}${words ? `: ${words}` : '.'}`
  return new ToolError(message, { uncertain: mayBeAtWork(status) })
}

/** What a JSON body says as `error.message`, `error` or `message`. */
function wordsIn(body: string | null): string | null {
  try {
    const said: unknown = JSON.parse(body ?? '')
    const error = fieldOf(said, 'error')
    const words = [fieldOf(error, 'message'), error, fieldOf(said, 'message')]
    const first = words.find((word) => typeof word === 'string')
    return first ? String(first).slice(0, WORDS_LENGTH).toWellFormed() : null
  } catch {
    return null
  }
}

function fieldOf(value: unknown, field: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, field) : undefined
}
