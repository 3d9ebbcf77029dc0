import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { JournalError, type LoadedStream } from './journal.ts'

const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const NONCE_BYTES = 12
const TAG_BYTES = 16

/** nonce, ciphertext, tag. */
function seal(key: Uint8Array, bytes: Uint8Array): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES)
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES })
  return Buffer.concat([nonce, cipher.update(bytes), cipher.final(), cipher.getAuthTag()])
}

/** @throws JournalError `UNAVAILABLE` when the bytes are not what `seal` made with this key. */
function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const end = sealed.length - TAG_BYTES
  const cipher = createDecipheriv(CIPHER, key, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES })
  cipher.setAuthTag(sealed.subarray(end))
  const first = cipher.update(sealed.subarray(NONCE_BYTES, end))
  try {
    cipher.final()
  } catch (error) {
    throw new JournalError('UNAVAILABLE', 'a stored doc is damaged', error)
  }
  // A copy of its own: a pooled Buffer would drag its whole pool through postMessage.
  return new Uint8Array(first)
}

interface DocRow {
  id: number
  name: string
  key: Uint8Array
}
interface SealedRow {
  sealed: Uint8Array
}

/** The lane docs of all streams: states and the updates since, sealed with one key for each doc. */
export class SqliteDocs {
  readonly #sql

  constructor(db: DatabaseSync) {
    this.#sql = {
      find: db.prepare('SELECT id, name, key FROM docs WHERE stream = ? AND name = ?'),
      all: db.prepare('SELECT id, name, key FROM docs WHERE stream = ? ORDER BY id'),
      add: db.prepare('INSERT INTO docs (stream, name, key) VALUES (?, ?, ?)'),
      rekey: db.prepare('UPDATE docs SET key = ? WHERE id = ?'),
      update: db.prepare('INSERT INTO updates (doc, sealed) VALUES (?, ?)'),
      updates: db.prepare('SELECT sealed FROM updates WHERE doc = ? ORDER BY id'),
      trim: db.prepare('DELETE FROM updates WHERE doc = ?'),
      setState: db.prepare('INSERT OR REPLACE INTO doc_states (doc, sealed) VALUES (?, ?)'),
      state: db.prepare('SELECT sealed FROM doc_states WHERE doc = ?'),
      dropState: db.prepare('DELETE FROM doc_states WHERE doc = ?'),
    }
  }

  addUpdate(stream: number, name: string, update: Uint8Array): void {
    const doc = this.#doc(stream, name)
    this.#sql.update.run(doc.id, seal(doc.key, update))
  }

  /** Keeps a state that covers every update the doc has so far. */
  setState(stream: number, name: string, state: Uint8Array): void {
    const doc = this.#doc(stream, name)
    this.#sql.setState.run(doc.id, seal(doc.key, state))
    this.#sql.trim.run(doc.id)
  }

  /** Destroys what the doc holds; the new key makes stray copies of it unreadable. */
  drop(stream: number, name: string): void {
    const doc = this.#find(stream, name)
    if (!doc) return
    this.#sql.dropState.run(doc.id)
    this.#sql.trim.run(doc.id)
    this.#sql.rekey.run(randomBytes(KEY_BYTES), doc.id)
  }

  load(stream: number): LoadedStream['docs'] {
    const docs: LoadedStream['docs'] = new Map()
    for (const doc of this.#sql.all.all(stream) as unknown as DocRow[]) {
      const state = this.#sql.state.get(doc.id) as SealedRow | undefined
      const updates = this.#sql.updates.all(doc.id) as unknown as SealedRow[]
      if (!state && updates.length === 0) continue
      docs.set(doc.name, {
        state: state ? unseal(doc.key, state.sealed) : null,
        updates: updates.map((row) => unseal(doc.key, row.sealed)),
      })
    }
    return docs
  }

  #find(stream: number, name: string): DocRow | undefined {
    return this.#sql.find.get(stream, name) as DocRow | undefined
  }

  #doc(stream: number, name: string): DocRow {
    const found = this.#find(stream, name)
    if (found) return found
    const key = randomBytes(KEY_BYTES)
    return { id: Number(this.#sql.add.run(stream, name, key).lastInsertRowid), name, key }
  }
}
