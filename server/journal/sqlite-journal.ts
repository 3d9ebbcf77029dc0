import { Worker } from 'node:worker_threads'
import {
  type Append,
  type Claim,
  type Journal,
  JournalError,
  type LoadedStream,
  type ReadRange,
  type RecordedCommand,
  type SnapshotWrite,
  type StoredEvent,
} from './journal.ts'
import {
  type Answer,
  type Call,
  type CallName,
  CLOSE,
  type FromWorker,
  type Refusal,
  type StoreCalls,
  type ToWorker,
  type WorkerStart,
} from './sqlite-calls.ts'

export interface SqliteJournalOptions {
  /** Made when it is missing; one journal at a time holds it. */
  folder: string
  /** ms since 1970: decides when a recorded command is 30 days old. */
  now?: () => number
  /** Called once when the journal's thread ends without having been closed: nothing can be stored any more. */
  died?: () => void
}

/**
 * Opens the journal that lives in `<folder>/journal.db`.
 * @throws JournalError `DATA_IN_USE` when another journal, of this process or another, holds the folder;
 *   `UNAVAILABLE` when the file cannot be used.
 */
export async function openSqliteJournal({
  folder,
  now = Date.now,
  died,
}: SqliteJournalOptions): Promise<Journal> {
  const start: WorkerStart = { folder, at: now() }
  const worker = new Worker(new URL('./sqlite-worker.ts', import.meta.url), {
    workerData: start,
    execArgv: ['--disable-warning=ExperimentalWarning'],
  })
  const journal = new SqliteJournal(worker, now)
  await journal.opened
  worker.once('exit', () => {
    if (!journal.closing) died?.()
  })
  return journal
}

interface Waiter {
  resolve(value: unknown): void
  reject(error: Error): void
}

/** Posts each call to the worker that owns the database, in the order of the calls. */
class SqliteJournal implements Journal {
  readonly opened: Promise<void>
  readonly #worker: Worker
  readonly #now: () => number
  readonly #waiting = new Map<number, Waiter>()
  readonly #ended: Promise<void>
  #lastId = 0
  closing = false
  /** Why no call is taken any more; null while the journal is open. */
  #shut: string | null = null

  constructor(worker: Worker, now: () => number) {
    this.#worker = worker
    this.#now = now
    this.#ended = new Promise((resolve) => {
      worker.once('exit', () => {
        this.#fail('the journal is closed')
        resolve()
      })
    })
    this.opened = new Promise((resolve, reject) => {
      this.#waiting.set(0, { resolve: () => resolve(), reject })
    })
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', (error) => this.#fail(`the journal's thread died: ${error.message}`))
  }

  append(stream: string, batch: Append): Promise<number> {
    const updates = batch.updates?.map(({ doc, update }) => ({ doc, update: compact(update) }))
    return this.#call('append', [stream, updates ? { ...batch, updates } : batch, this.#now()])
  }
  load(stream: string): Promise<LoadedStream> {
    return this.#call('load', [stream])
  }
  read(stream: string, range: ReadRange): Promise<StoredEvent[]> {
    return this.#call('read', [stream, range])
  }
  bodies(stream: string, cells: readonly string[]): Promise<Map<string, string>> {
    return this.#call('bodies', [stream, cells])
  }
  command(stream: string, userId: string, commandId: string): Promise<RecordedCommand | null> {
    return this.#call('command', [stream, userId, commandId, this.#now()])
  }
  snapshot(stream: string, snapshot: SnapshotWrite): Promise<void> {
    const docs = snapshot.docs.map(({ doc, state }) => ({ doc, state: compact(state) }))
    return this.#call('snapshot', [stream, { ...snapshot, docs }])
  }
  claim(stream: string): Promise<Claim> {
    return this.#call('claim', [stream])
  }
  renew(stream: string, epoch: string): Promise<void> {
    return this.#call('renew', [stream, epoch])
  }
  release(stream: string, epoch: string): Promise<void> {
    return this.#call('release', [stream, epoch])
  }
  labelled(label: string): Promise<{ stream: string; summary: unknown }[]> {
    return this.#call('labelled', [label])
  }
  putBoard(stream: string, doc: string, state: Uint8Array): Promise<void> {
    return this.#call('putBoard', [stream, doc, compact(state)])
  }
  board(stream: string, doc: string): Promise<Uint8Array | null> {
    return this.#call('board', [stream, doc])
  }
  dropBoard(stream: string, doc: string): Promise<void> {
    return this.#call('dropBoard', [stream, doc])
  }
  async copy(file: string, stop: AbortSignal): Promise<void> {
    stop.throwIfAborted()
    let halt = () => {}
    const made = this.#ask((id) => {
      halt = () => this.#post({ stopCopy: id })
      return { id, copyTo: file }
    })
    stop.addEventListener('abort', halt)
    await made.finally(() => stop.removeEventListener('abort', halt))
  }

  close(): Promise<void> {
    this.closing = true
    if (this.#shut === null) {
      this.#shut = 'the journal is closed'
      this.#post(CLOSE)
    }
    return this.#ended
  }

  #call<K extends CallName>(name: K, args: Parameters<StoreCalls[K]>): Promise<ReturnType<StoreCalls[K]>> {
    return this.#ask((id) => ({ id, name, args }) as Call) as Promise<ReturnType<StoreCalls[K]>>
  }

  #ask(message: (id: number) => ToWorker): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#shut !== null) throw new JournalError('UNAVAILABLE', this.#shut)
      const id = ++this.#lastId
      this.#post(message(id))
      this.#waiting.set(id, { resolve, reject })
    })
  }

  /** @throws when the message cannot be copied: a bug of the caller. */
  #post(message: ToWorker): void {
    this.#worker.postMessage(message)
  }

  #receive(message: FromWorker): void {
    if ('answers' in message) for (const answer of message.answers) this.#settle(answer)
    else if (message.opened) this.#settle({ id: 0, value: undefined })
    else this.#settle({ id: 0, refusal: message.refusal })
  }

  #settle(answer: Answer): void {
    const waiter = this.#waiting.get(answer.id)
    this.#waiting.delete(answer.id)
    if ('value' in answer) waiter?.resolve(answer.value)
    else waiter?.reject(errorOf(answer.refusal))
  }

  /** Whether the worker had carried out what still waits is unknown. */
  #fail(why: string): void {
    this.#shut ??= why
    const waiting = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const waiter of waiting) waiter.reject(new JournalError('UNAVAILABLE', why))
  }
}

function errorOf({ code, message }: Refusal): Error {
  return code === null ? new Error(message) : new JournalError(code, message)
}

/** Copying a view to the worker would copy the whole buffer under it. */
function compact(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice()
}
