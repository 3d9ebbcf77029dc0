import { ColloquyError } from './errors.ts'
import { type Http, newCommandId, refusal } from './http.ts'

/** What is sent of a file, and who hears how far it is. */
export interface Sending {
  /** Absolute. */
  url: string
  fields: Readonly<Record<string, string>>
  file: Blob
  name: string
  /** From 0 to 1: what of the file has left. */
  onProgress?: ((share: number) => void) | undefined
  signal?: AbortSignal | undefined
}

interface Sent {
  status: number
  body: string
}

/** `PUT`s a form with a file as one person; asks `auth` once more when the server no longer takes the token. */
export async function upload<T>(http: Http, sending: Sending): Promise<T> {
  const fields = { ...sending.fields, commandId: newCommandId() }
  for (let renewed = false; ; renewed = true) {
    const proof = await http.identity.proof()
    const { status, body } = await send({ ...sending, fields }, http.headersOf(proof))
    if (status >= 200 && status < 300) return JSON.parse(body) as T
    if (status !== 401 || renewed || proof.token === null) throw await refusal(new Response(body, { status }))
    await http.identity.renew(proof)
  }
}

function send(sending: Sending, headers: Record<string, string>): Promise<Sent> {
  const form = new FormData()
  for (const [name, value] of Object.entries(sending.fields)) form.set(name, value)
  form.set('file', sending.file, sending.name)
  // Only this one tells how far an upload is; Node has none.
  return typeof XMLHttpRequest === 'undefined'
    ? sendByFetch(form, headers, sending)
    : sendByXhr(form, headers, sending)
}

function sendByXhr(form: FormData, headers: Record<string, string>, sending: Sending): Promise<Sent> {
  const { url, onProgress, signal } = sending
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const stop = () => request.abort()
    const fail = (error: ColloquyError) => () => reject(error)
    request.open('PUT', url)
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value)
    request.upload.onprogress = ({ loaded, total }) => onProgress?.(total > 0 ? loaded / total : 0)
    request.onload = () => resolve({ status: request.status, body: request.responseText })
    request.onerror = fail(away())
    request.onabort = fail(new ColloquyError('CLOSED', 'the upload was cancelled'))
    request.onloadend = () => signal?.removeEventListener('abort', stop)
    if (signal?.aborted) return reject(new ColloquyError('CLOSED', 'the upload was cancelled'))
    signal?.addEventListener('abort', stop, { once: true })
    request.send(form)
  })
}

async function sendByFetch(
  form: FormData,
  headers: Record<string, string>,
  { url, onProgress, signal }: Sending,
): Promise<Sent> {
  try {
    const response = await fetch(url, { method: 'PUT', headers, body: form, ...(signal ? { signal } : {}) })
    onProgress?.(1)
    return { status: response.status, body: await response.text() }
  } catch {
    throw signal?.aborted ? new ColloquyError('CLOSED', 'the upload was cancelled') : away()
  }
}

function away(): ColloquyError {
  return new ColloquyError('OFFLINE', 'the server cannot be reached')
}
