import type { Audience } from '@colloquy/client'
import type { Workspace } from '@colloquy/client/team'
import type { Attached } from '@colloquy/shared/attachments'
import { describeFile } from '../../panel/resource-text.ts'
import { cleanName } from '../../parts/names.ts'
import { codeOf } from '../../parts/refusals.ts'
import { Store } from '../../parts/store.ts'
import { cutTitle } from '../../parts/title-field.tsx'
import { INTERRUPTED, problemOf, sizeProblem } from './problems.ts'

/** A file that goes along with the next prompt. */
export interface Item {
  key: string
  title: string
  /** Bytes of the file; absent where only its name is known. */
  size?: number | undefined
  state: 'waiting' | 'sending' | 'ready' | 'failed'
  /** Of the file, what has left; at 1 the server reads it. */
  share: number
  /** Why it failed, in a sentence. */
  problem?: string | undefined
  /** Of the resource, once it is one. */
  id?: string | undefined
  /** False: it is not known any more what was in it. */
  retriable: boolean
}

export interface DeskParts {
  workspace: Pick<Workspace, 'uploadResource' | 'setReaders' | 'removeResource'>
  sessionId: string
  /** Keeps what is here over a reload, as JSON; null: nothing is. */
  kept: { read(): string | null; write(json: string | null): void }
  newId: () => string
  tell: (text: string) => void
}

/** What one prompt takes. */
export const MOST = 20
/** Files on their way at the same time. */
const AT_ONCE = 3

/**
 * The files beside a draft. Each is put as soon as it is here, for its author alone; those whom the prompt is for may
 * read it when it is sent, and not before.
 */
export class Desk {
  readonly items = new Store<readonly Item[]>([])
  readonly #parts: DeskParts
  readonly #files = new Map<string, File>()
  readonly #stops = new Map<string, AbortController>()

  constructor(parts: DeskParts) {
    this.#parts = parts
    this.#set(restored(parts.kept.read(), parts.newId))
  }

  add(files: readonly File[]): void {
    const room = Math.max(0, MOST - this.items.read().length)
    const taken = files.slice(0, room)
    const left = files.length - taken.length
    if (left > 0) this.#parts.tell(leftOutWords(left))
    this.#set([...this.items.read(), ...taken.map((file) => this.#itemOf(file))])
    this.#next()
  }

  retry(key: string): void {
    this.#change(key, { state: 'waiting', share: 0, problem: undefined })
    this.#next()
  }

  /** Also from the server, where it has got there. */
  remove(key: string): void {
    const item = this.items.read().find((each) => each.key === key)
    this.#stops.get(key)?.abort()
    this.#files.delete(key)
    this.#set(this.items.read().filter((each) => each.key !== key))
    if (item?.id !== undefined) this.#parts.workspace.removeResource(item.id).catch(() => undefined)
    this.#next()
  }

  /**
   * Lets those read it whom the prompt is for, and leaves the desk empty.
   * @throws ColloquyError; then all of it is still here
   */
  async handOver(audience: Audience): Promise<Attached[]> {
    const attached = this.items
      .read()
      .flatMap(({ key, id, title }) => (id === undefined ? [] : [{ key, id, title }]))
    for (const { key, id } of attached) {
      try {
        await this.#parts.workspace.setReaders(id, audience)
      } catch (error) {
        // Removed elsewhere, say.
        if (codeOf(error) === 'NOT_FOUND') this.#change(key, { state: 'failed', ...problemOf(error) })
        throw error
      }
    }
    const ids = new Set<string | undefined>(attached.map(({ id }) => id))
    this.#set(this.items.read().filter(({ id }) => !ids.has(id)))
    return attached.map(({ id, title }) => ({ id, title }))
  }

  /** From a prompt that came back. */
  giveBack(attached: readonly Attached[]): void {
    const here = this.items.read()
    const news = attached.filter(({ id }) => here.every((item) => item.id !== id))
    const { newId } = this.#parts
    this.#set([...here, ...news.map(({ id, title }) => ready(newId(), id, title))])
  }

  #itemOf(file: File): Item {
    const key = this.#parts.newId()
    const problem = sizeProblem(file)
    this.#files.set(key, file)
    const item = { key, title: titleOf(file.name), size: file.size, share: 0 }
    return problem === null
      ? { ...item, state: 'waiting', retriable: true }
      : { ...item, state: 'failed', problem, retriable: false }
  }

  #next(): void {
    const free = AT_ONCE - this.#stops.size
    const waiting = this.items.read().filter(({ state }) => state === 'waiting')
    for (const item of waiting.slice(0, Math.max(0, free))) void this.#send(item)
  }

  async #send({ key, title }: Item): Promise<void> {
    const file = this.#files.get(key)
    if (!file) return
    const stop = new AbortController()
    this.#stops.set(key, stop)
    this.#change(key, { state: 'sending' })
    const { workspace, sessionId, newId } = this.#parts
    const { format } = describeFile(file.name)
    try {
      const { id } = await workspace.uploadResource(`a-${newId()}`, file, {
        ...{ sessionId, audience: [], title, signal: stop.signal },
        // A log of JSON lines is none as a whole.
        format: format === 'json' ? 'text' : format,
        onProgress: (share) => this.#change(key, { share }),
      })
      // Taken away while the answer was on its way.
      if (stop.signal.aborted) workspace.removeResource(id).catch(() => undefined)
      else this.#change(key, { state: 'ready', share: 1, id })
    } catch (error) {
      this.#change(key, { state: 'failed', share: 0, ...problemOf(error) })
    }
    this.#stops.delete(key)
    this.#next()
  }

  #change(key: string, change: Partial<Item>): void {
    this.#set(this.items.read().map((item) => (item.key === key ? { ...item, ...change } : item)))
  }

  #set(items: readonly Item[]): void {
    const before = this.items.read()
    this.items.set(items)
    const json = keptOf(items)
    if (json !== keptOf(before)) this.#parts.kept.write(json)
  }
}

/** As the server takes it: in one line, and not cut within a character. */
function titleOf(name: string): string {
  return cutTitle(cleanName(name))
    .replace(/[\ud800-\udbff]$/, '')
    .trim()
}

function ready(key: string, id: string, title: string, size?: number): Item {
  return { key, id, title, size, state: 'ready', share: 1, retriable: true }
}

function keptOf(items: readonly Item[]): string | null {
  if (items.length === 0) return null
  return JSON.stringify(items.map(({ id, title, size }) => ({ id, title, size })))
}

/** What had not got there is gone with the page, and its author is told. */
function restored(json: string | null, newId: () => string): Item[] {
  if (json === null) return []
  const kept = JSON.parse(json) as Pick<Item, 'id' | 'title' | 'size'>[]
  return kept.map(({ id, title, size }) =>
    id === undefined
      ? { key: newId(), title, size, state: 'failed', share: 0, problem: INTERRUPTED, retriable: false }
      : ready(newId(), id, title, size),
  )
}

function leftOutWords(left: number): string {
  const files = left === 1 ? 'one file was' : `${left} files were`
  return `At most ${MOST} files go along with a prompt: ${files} left out.`
}
