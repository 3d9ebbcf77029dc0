import { randomBytes } from 'node:crypto'
import type { Redis } from 'ioredis'
import { whyRedis, withoutCommand } from '../redis/errors.ts'
import { type Argument, type Reply, runScript, type Script } from '../redis/script.ts'
import {
  type Append,
  type Claim,
  type ClaimOptions,
  type Journal,
  JournalError,
  type LoadedStream,
  type NewEvent,
  type ReadRange,
  type RecordedCommand,
  type SnapshotWrite,
  type StoredEvent,
} from './journal.ts'
import { boardKey, commandKey, keyOf, labelKey, streamKeys } from './redis-keys.ts'
import { loadedStream, readCell, readJson, storedEvents, textOf } from './redis-replies.ts'
import { APPEND, CLAIM, LABELLED, LOAD, READ, RELEASE, RENEW, SNAPSHOT } from './redis-scripts.ts'

/** How long a command is recorded, in ms. */
const COMMAND_LIFE = 30 * 24 * 3_600_000
/** How long replicas may take to have what was written, in ms. */
const REPLICA_MS = 2_000

export interface RedisJournalOptions {
  /** Made by `connectRedis`, with the scripts loaded each time it is ready. Closed with the journal. */
  redis: Redis
  /** Names this process among those that share the store. */
  owner: string
  /** How long a claim holds without a sign of life, in ms of the store's clock. */
  leaseMs: number
  /** An append is acknowledged once as many replicas have it; 0: once the one that leads has. */
  replicas: number
}

/**
 * The journal in Redis, for many processes. All calls leave on one connection in the order in which they were made, and
 * Redis carries them out in that order. An append whose answer is lost has an unknown outcome: `UNAVAILABLE`.
 */
export class RedisJournal implements Journal {
  readonly #redis: Redis
  readonly #owner: string
  readonly #leaseMs: number
  readonly #replicas: number
  readonly #underWay = new Set<Promise<unknown>>()
  #kept: Promise<void> | null = null
  #closing: Promise<void> | null = null

  constructor({ redis, owner, leaseMs, replicas }: RedisJournalOptions) {
    this.#redis = redis
    this.#owner = owner
    this.#leaseMs = leaseMs
    this.#replicas = replicas
  }

  async append(stream: string, batch: Append): Promise<number> {
    const { command, labels = {} } = batch
    const keys = streamKeys(stream)
    if (command) keys.push(commandKey(stream, command.userId, command.commandId))
    const args = appendArguments(batch, this.#leaseMs)
    const given = Object.keys(labels).filter((label) => labels[label])
    const indexed = given.map((label) => this.#call(this.#redis.zadd(labelKey(label), Date.now(), stream)))
    const appended = this.#script(stream, APPEND, args, keys)
    const [[, seq]] = await Promise.all([appended, this.#keptByReplicas(), ...indexed])
    return seq as number
  }

  async load(stream: string): Promise<LoadedStream> {
    return loadedStream(await this.#script(stream, LOAD, []))
  }

  async read(stream: string, { after, limit, bodies = true }: ReadRange): Promise<StoredEvent[]> {
    if (limit < 1) return []
    const count = Number.isFinite(limit) ? limit : Number.MAX_SAFE_INTEGER
    const [, found] = await this.#script(stream, READ, [after, count, bodies ? '1' : '0'])
    return storedEvents(found, bodies)
  }

  async bodies(stream: string, cells: readonly string[]): Promise<Map<string, string>> {
    const found = new Map<string, string>()
    if (cells.length === 0) return found
    const stored = await this.#call(this.#redis.hmgetBuffer(keyOf(stream, 'cells'), ...cells))
    for (const [n, cell] of cells.entries()) {
      const body = readCell(stored[n] ?? null)
      if (body !== null) found.set(cell, body)
    }
    return found
  }

  async command(stream: string, userId: string, commandId: string): Promise<RecordedCommand | null> {
    const stored = await this.#call(this.#redis.get(commandKey(stream, userId, commandId)))
    return stored === null ? null : (readJson(stored) as RecordedCommand)
  }

  async snapshot(stream: string, { expectedSeq, epoch, state, docs }: SnapshotWrite): Promise<void> {
    const given = docs.flatMap(({ doc, state: bytes }) => [doc, bytes])
    const fixed = [epoch ?? '', expectedSeq, this.#leaseMs, JSON.stringify(state ?? null), docs.length]
    await this.#script(stream, SNAPSHOT, [...fixed, ...given])
  }

  async claim(stream: string, { polite = false }: ClaimOptions = {}): Promise<Claim> {
    const nonce = randomBytes(9).toString('base64url')
    const args = [nonce, this.#leaseMs, this.#owner, polite ? '1' : '0']
    const [, epoch, seq, clean] = await this.#script(stream, CLAIM, args)
    return {
      epoch: textOf(epoch),
      seq: seq as number,
      clean: clean === 1,
      // Redis may: it is a matter of its settings, and of which of its replicas comes to lead.
      mayHaveLost: true,
      leaseMs: this.#leaseMs,
    }
  }

  async renew(stream: string, epoch: string): Promise<void> {
    await this.#script(stream, RENEW, [epoch, this.#leaseMs])
  }

  async release(stream: string, epoch: string): Promise<void> {
    await this.#script(stream, RELEASE, [epoch])
  }

  async labelled(label: string): Promise<{ stream: string; summary: unknown }[]> {
    return (await this.#carrying(label)).map(([stream, summary]) => ({
      stream: stream.toString(),
      summary: summary === null ? null : readJson(summary.toString()),
    }))
  }

  async orphans(label: string): Promise<string[]> {
    const found = await this.#carrying(label)
    return found.flatMap(([stream, , held]) => (held === 1 ? [] : [stream.toString()]))
  }

  async #carrying(label: string): Promise<[stream: Buffer, summary: Buffer | null, held: number][]> {
    const args = [label, Date.now(), ...keyOf('\n', 'stream').split('\n')]
    const [, found] = await this.#script(label, LABELLED, args, [labelKey(label)])
    return found as [Buffer, Buffer | null, number][]
  }

  async putBoard(stream: string, doc: string, state: Uint8Array): Promise<void> {
    await this.#call(this.#redis.set(boardKey(stream, doc), Buffer.from(state)))
  }

  async board(stream: string, doc: string): Promise<Uint8Array | null> {
    const stored = await this.#call(this.#redis.getBuffer(boardKey(stream, doc)))
    return stored && new Uint8Array(stored)
  }

  async dropBoard(stream: string, doc: string): Promise<void> {
    await this.#call(this.#redis.del(boardKey(stream, doc)))
  }

  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#underWay).then(() => {
      this.#redis.disconnect()
    })
    return this.#closing
  }

  async #script(
    stream: string,
    which: Script,
    args: readonly Argument[],
    keys: readonly string[] = streamKeys(stream),
  ): Promise<Reply[]> {
    const reply = (await this.#call(runScript(this.#redis, which, keys, args))) as Reply[]
    const word = textOf(reply[0])
    if (word !== 'OK') throw refusal(word, stream, textOf(reply[1]))
    return reply
  }

  async #call<T>(sent: Promise<T>): Promise<T> {
    if (this.#closing) {
      sent.catch(() => undefined)
      throw new JournalError('UNAVAILABLE', 'the journal is closed')
    }
    this.#underWay.add(sent)
    try {
      return await sent
    } catch (error) {
      throw new JournalError('UNAVAILABLE', `Redis failed: ${whyRedis(error)}`, withoutCommand(error))
    } finally {
      this.#underWay.delete(sent)
    }
  }

  /** Asks once for all that is sent within one turn of the event loop. */
  #keptByReplicas(): Promise<void> {
    if (this.#replicas === 0) return Promise.resolve()
    this.#kept ??= new Promise<void>((resolve) => setImmediate(resolve)).then(async () => {
      this.#kept = null
      const have = await this.#call(this.#redis.wait(this.#replicas, REPLICA_MS))
      if (have >= this.#replicas) return
      const why = `${have} of the ${this.#replicas} replicas that are asked for have what was written`
      throw new JournalError('UNAVAILABLE', why)
    })
    return this.#kept
  }
}

function appendArguments(batch: Append, leaseMs: number): Argument[] {
  const { epoch = '', expectedSeq, events, updates = [], erase = [], dropDocs = [], command } = batch
  const record = command ? JSON.stringify({ hash: command.hash, result: command.result ?? null }) : ''
  const summary = batch.summary === undefined ? '' : JSON.stringify(batch.summary)
  const json = events.length === 0 ? '' : JSON.stringify(events.map(({ event }) => event))
  const named = events.flatMap(({ event }) => (event.cell === undefined ? [] : [event.cell]))
  const bodies = newBodies(events)
  const labels = Object.entries(batch.labels ?? {})
  return [
    ...[epoch, expectedSeq, leaseMs, record, COMMAND_LIFE, summary, json],
    ...[named.length, ...named],
    ...[bodies.length, ...bodies.flat()],
    ...[updates.length, ...updates.flatMap(({ doc, update }) => [doc, update])],
    ...[erase.length, ...erase],
    ...[dropDocs.length, ...dropDocs],
    ...[labels.length, ...labels.flatMap(([label, carried]) => [label, carried ? '1' : '0'])],
  ]
}

/** Texts to write, each after the cell that it goes to. */
function newBodies(events: readonly NewEvent[]): [cell: string, body: string][] {
  return events.flatMap(({ event, body }): [string, string][] => {
    if (body === undefined) return []
    if (event.cell === undefined) throw new Error(`the body of ${event.type} has no cell`)
    return [[event.cell, body]]
  })
}

function refusal(word: string, stream: string, about: string): Error {
  switch (word) {
    case 'FENCED':
      return new JournalError('FENCED', `${stream} is not this claim's`)
    case 'CONFLICT':
      return new JournalError('CONFLICT', `${stream} is at ${about}, not where it was expected`)
    case 'COMMAND_REPEATED':
      return new JournalError('COMMAND_REPEATED', 'the command is recorded already')
    case 'OWNED':
      return new JournalError('OWNED', `${stream} is owned by ${about}`)
    case 'CELL':
      return new Error(`the cell ${about} exists already`)
    default:
      return new JournalError('UNAVAILABLE', `${about} holds something that is not Colloquy's`)
  }
}
