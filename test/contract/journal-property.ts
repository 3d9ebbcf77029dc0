import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { expect } from 'vitest'
import { type Append, type Journal, JournalError } from '../../server/journal/journal.ts'
import { JournalModel } from './journal-model.ts'

const stream = fc.constantFrom('s', 't')
const cell = fc.constantFrom('c1', 'c2', 'c3', 'c4', 'c5', 'c6')
const doc = fc.constantFrom('d@1', 'd@2')
const label = fc.constantFrom('l1', 'l2')
const bytes = fc.uint8Array({ maxLength: 40 })
const text = fc.string({ unit: 'binary', maxLength: 20 })
/** Without -0, which JSON does not write. */
const json = fc.jsonValue({ maxDepth: 2 }).map((value): unknown => JSON.parse(JSON.stringify(value)))
/** Which epoch a call brings: that of the last claim, mostly. */
const epoch = fc.oneof(
  { weight: 8, arbitrary: fc.constant('current' as const) },
  { weight: 1, arbitrary: fc.constantFrom('first' as const, 'none' as const) },
)
/** How far the position that a call expects is from the stream's. */
const off = fc.oneof(
  { weight: 8, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.constantFrom(-1, 1) },
)
const event = fc.oneof(
  { weight: 2, arbitrary: fc.record({ cell, body: text }) },
  { weight: 1, arbitrary: fc.record({ cell }) },
  { weight: 1, arbitrary: fc.constant({}) },
)
const append = fc.record(
  {
    events: fc.array(event, { maxLength: 3 }),
    updates: fc.array(fc.record({ doc, update: bytes }), { maxLength: 3 }),
    erase: fc.array(cell, { maxLength: 2 }),
    dropDocs: fc.array(doc, { maxLength: 1 }),
    command: fc.record({
      userId: fc.constantFrom('ann', 'bob'),
      commandId: fc.constantFrom('k1', 'k2', 'k3'),
      hash: text,
      result: json,
    }),
    labels: fc.dictionary(label, fc.boolean(), { maxKeys: 2 }),
    summary: json,
  },
  { requiredKeys: ['events'] },
)
const op = fc.oneof(
  { weight: 12, arbitrary: fc.record({ op: fc.constant('append' as const), stream, epoch, off, append }) },
  {
    weight: 2,
    arbitrary: fc.record({
      op: fc.constant('snapshot' as const),
      stream,
      epoch,
      off,
      state: json,
      docs: fc.uniqueArray(fc.record({ doc, state: bytes }), { selector: (given) => given.doc }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ op: fc.constantFrom('claim' as const, 'load' as const), stream }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constantFrom('renew' as const, 'release' as const), stream, epoch }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ op: fc.constant('read' as const), stream, after: fc.nat(9), limit: fc.nat(4) }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('bodies' as const), stream, cells: fc.array(cell) }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('labelled' as const), label }) },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('putBoard' as const), stream, doc, state: bytes }) },
  {
    weight: 1,
    arbitrary: fc.record({ op: fc.constantFrom('board' as const, 'dropBoard' as const), stream, doc }),
  },
  { weight: 1, arbitrary: fc.record({ op: fc.constant('reopen' as const) }) },
)
type Op = typeof op extends fc.Arbitrary<infer T> ? T : never
type AppendOp = Extract<Op, { op: 'append' }>

type Outcome = { value: unknown } | { refused: string }
const refused = (error: unknown): Outcome => ({ refused: error instanceof JournalError ? error.code : 'bug' })

/**
 * Random calls, most of them in flight together, against the model. fast-check prints seed and calls when they
 * part.
 * @param open the journal; opened again when `again` is true.
 */
export async function journalMatchesModel(open: (again: boolean) => Promise<Journal>): Promise<void> {
  const property = fc.asyncProperty(fc.array(op, { minLength: 1, maxLength: 40 }), async (ops) => {
    const run = new Run(await open(false), open)
    for (const one of ops) await run.step(one)
    await run.finish()
  })
  await fc.assert(property, { numRuns: 100 })
}

/** One run, on streams and labels that no other run uses. */
class Run {
  readonly #id = randomUUID()
  readonly #model = new JournalModel()
  readonly #open: (again: boolean) => Promise<Journal>
  readonly #epochs = new Map<string, string[]>()
  #journal: Journal
  #flying: Promise<void>[] = []

  constructor(journal: Journal, open: (again: boolean) => Promise<Journal>) {
    this.#journal = journal
    this.#open = open
  }

  /** Makes the call; its answer is compared when it comes. */
  async step(one: Op): Promise<void> {
    const model = this.#model
    const journal = this.#journal
    switch (one.op) {
      case 'append': {
        const name = this.#name(one.stream)
        const batch = this.#batch(name, one)
        return this.#compare(one, journal.append(name, batch), () => model.append(name, batch))
      }
      case 'snapshot': {
        const name = this.#name(one.stream)
        const { state, docs } = one
        const expectedSeq = model.seqOf(name) + one.off
        const write = { expectedSeq, state, docs, ...this.#epoch(name, one.epoch) }
        return this.#compare(one, journal.snapshot(name, write), () => model.snapshot(name, write))
      }
      case 'claim':
        return this.#claim(this.#name(one.stream))
      case 'load': {
        const name = this.#name(one.stream)
        return this.#compare(one, journal.load(name), () => model.load(name))
      }
      case 'renew':
      case 'release': {
        const name = this.#name(one.stream)
        const given = this.#epoch(name, one.epoch).epoch ?? 'x'
        return this.#compare(one, journal[one.op](name, given), () => model[one.op](name, given))
      }
      case 'read': {
        const name = this.#name(one.stream)
        return this.#compare(one, journal.read(name, one), () => model.read(name, one))
      }
      case 'bodies': {
        const name = this.#name(one.stream)
        return this.#compare(one, journal.bodies(name, one.cells), () => model.bodies(name, one.cells))
      }
      case 'labelled': {
        const name = this.#name(one.label)
        return this.#compare(one, journal.labelled(name).then(byStream), () => byStream(model.labelled(name)))
      }
      case 'putBoard': {
        const name = this.#name(one.stream)
        const put = journal.putBoard(name, one.doc, one.state)
        return this.#compare(one, put, () => model.putBoard(name, one.doc, one.state))
      }
      case 'board':
      case 'dropBoard': {
        const name = this.#name(one.stream)
        return this.#compare(one, journal[one.op](name, one.doc), () => model[one.op](name, one.doc))
      }
      case 'reopen':
        await this.#land()
        this.#journal = await this.#open(true)
    }
  }

  /** Waits for every answer, then compares the streams themselves. */
  async finish(): Promise<void> {
    await this.#land()
    for (const short of ['s', 't']) {
      const name = this.#name(short)
      expect(await this.#journal.load(name)).toEqual(this.#model.load(name))
      for (const commandId of ['k1', 'k2', 'k3']) {
        const recorded = await this.#journal.command(name, 'ann', commandId)
        expect(recorded).toEqual(this.#model.command(name, 'ann', commandId))
      }
    }
  }

  async #claim(name: string): Promise<void> {
    await this.#land()
    const { epoch, seq, clean } = await this.#journal.claim(name)
    expect({ epoch, seq, clean }).toEqual(this.#model.claimed(name, epoch))
    this.#epochs.set(name, [...(this.#epochs.get(name) ?? []), epoch])
  }

  #compare(one: Op, call: Promise<unknown>, model: () => unknown): void {
    let expected: Outcome
    try {
      expected = { value: structuredClone(model()) }
    } catch (error) {
      expected = refused(error)
    }
    const answered = call.then((value): Outcome => ({ value }), refused)
    this.#flying.push(answered.then((outcome) => expect(outcome, JSON.stringify(one)).toEqual(expected)))
  }

  async #land(): Promise<void> {
    const flying = this.#flying
    this.#flying = []
    await Promise.all(flying)
  }

  #batch(name: string, { append: given, off: by, epoch: which }: AppendOp): Append {
    const { events, labels = {}, ...rest } = given
    return {
      ...rest,
      expectedSeq: this.#model.seqOf(name) + by,
      ...this.#epoch(name, which),
      events: events.map(({ body, ...named }: { cell?: string; body?: string }) => {
        const written = { type: 'said', at: 1, ...named }
        return body === undefined ? { event: written } : { event: written, body }
      }),
      labels: Object.fromEntries(Object.entries(labels).map(([key, carried]) => [this.#name(key), carried])),
    }
  }

  #epoch(name: string, which: 'current' | 'first' | 'none'): { epoch?: string } {
    const epochs = this.#epochs.get(name) ?? []
    const epoch = which === 'none' ? undefined : which === 'first' ? epochs[0] : epochs.at(-1)
    return epoch === undefined ? {} : { epoch }
  }

  #name(short: string): string {
    return `${short}-${this.#id}`
  }
}

function byStream<T extends { stream: string }>(found: T[]): T[] {
  return found.sort((a, b) => (a.stream < b.stream ? -1 : 1))
}
