import type { DatabaseSync } from 'node:sqlite'
import { type MessagePort, parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { JournalError } from './journal.ts'
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
import { CopyDesk } from './sqlite-copy.ts'
import { isDamage, isStoreFailure, messageOf, reasonOf } from './sqlite-errors.ts'
import { openDatabase } from './sqlite-schema.ts'
import { SqliteStore } from './sqlite-store.ts'

// Entry of the thread that owns the database. It commits whatever has queued whenever it is free: no timer.

/** Calls of one commit at most: bounds how long the first of them waits for the last. */
const GROUP_SIZE = 1000

function start(port: MessagePort, { folder, at }: WorkerStart): void {
  let db: DatabaseSync | undefined
  let store: SqliteStore
  try {
    db = openDatabase(folder)
    store = new SqliteStore(db, at)
    scrub(db) // A crash may have come between the commit of an erasure and its scrub.
  } catch (error) {
    db?.close()
    send(port, {
      opened: false,
      refusal: error instanceof JournalError ? refusalOf(error) : unavailable(error),
    })
    port.close()
    return
  }
  serve(port, db, store)
  send(port, { opened: true })
}

function serve(port: MessagePort, db: DatabaseSync, store: SqliteStore): void {
  const copies = new CopyDesk(db, (answer) => send(port, { answers: [answer] }))
  port.on('message', async (first: ToWorker) => {
    const { calls, last } = takeQueued(port, first)
    if (calls.length > 0) send(port, { answers: runGroup(db, store, calls) })
    if (last === null) return
    if (last !== CLOSE) return copies.take(last)
    await copies.end()
    db.close()
    port.close()
  })
}

function send(port: MessagePort, message: FromWorker): void {
  port.postMessage(message)
}

/** The calls that have queued, and what came after them, if it is no call. */
function takeQueued(port: MessagePort, first: ToWorker) {
  const calls: Call[] = []
  let next: ToWorker | undefined = first
  while (next !== undefined) {
    if (next === CLOSE || 'copyTo' in next || 'stopCopy' in next) return { calls, last: next }
    calls.push(next)
    if (calls.length === GROUP_SIZE) break
    next = receiveMessageOnPort(port)?.message as ToWorker | undefined
  }
  return { calls, last: null }
}

/** Carries out the calls in one transaction; nobody hears an answer before the commit. */
function runGroup(db: DatabaseSync, store: SqliteStore, calls: Call[]): Answer[] {
  let answers: Answer[]
  try {
    db.exec('BEGIN IMMEDIATE')
    answers = calls.map((call) => answer(db, store, call))
    db.exec('COMMIT')
  } catch (error) {
    // SQLite has ended the transaction by itself after some failures.
    if (db.isTransaction) db.exec('ROLLBACK')
    // Damaged pages fail the transaction that met them: by itself each call tells whether it needs them.
    if (isDamage(error) && calls.length > 1) return calls.flatMap((call) => runGroup(db, store, [call]))
    return calls.map(({ id }) => ({ id, refusal: unavailable(error) }))
  }
  return calls.some(erases) ? scrubbed(db, calls, answers) : answers
}

/** One call under a savepoint: a refusal undoes this call alone, a failure of the store ends the group. */
function answer(db: DatabaseSync, store: SqliteStore, call: Call): Answer {
  db.exec('SAVEPOINT call')
  try {
    const value = run(store, call)
    db.exec('RELEASE call')
    return { id: call.id, value }
  } catch (error) {
    if (isStoreFailure(error)) throw error
    db.exec('ROLLBACK TO call; RELEASE call')
    return { id: call.id, refusal: refusalOf(error) }
  }
}

function run<K extends CallName>(
  store: StoreCalls,
  call: { name: K; args: Parameters<StoreCalls[K]> },
): unknown {
  const method = store[call.name] as (...args: Parameters<StoreCalls[K]>) => unknown
  return method.apply(store, call.args)
}

function erases(call: Call): boolean {
  if (call.name !== 'append') return false
  const [, { erase = [], dropDocs = [] }] = call.args
  return erase.length > 0 || dropDocs.length > 0
}

/** An erasure has happened only once its bytes are gone: when that fails, its outcome is unknown. */
function scrubbed(db: DatabaseSync, calls: Call[], answers: Answer[]): Answer[] {
  try {
    scrub(db)
    return answers
  } catch (error) {
    const erasing = new Set(calls.filter(erases).map(({ id }) => id))
    return answers.map((given) => {
      return erasing.has(given.id) && 'value' in given ? { id: given.id, refusal: unavailable(error) } : given
    })
  }
}

/** Moves the WAL's pages into the database and empties the WAL, which still holds what was erased. */
function scrub(db: DatabaseSync): void {
  const result = db.prepare('PRAGMA wal_checkpoint(TRUNCATE)').get()
  if (result?.busy !== 0) throw new Error('the checkpoint did not finish')
}

function unavailable(error: unknown): Refusal {
  return { code: 'UNAVAILABLE', message: `the store failed: ${reasonOf(error)}` }
}

function refusalOf(error: unknown): Refusal {
  return { code: error instanceof JournalError ? error.code : null, message: messageOf(error) }
}

if (parentPort) start(parentPort, workerData as WorkerStart)
