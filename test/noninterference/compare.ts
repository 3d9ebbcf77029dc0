import { describeFrame, payloads } from './frames.ts'
import type { History } from './history.ts'
import type { Burst } from './line.ts'
import type { Exchange, Seat } from './person.ts'
import { play } from './play.ts'
import type { ReadableCall, Trace } from './trace.ts'
import type { Faults } from './world.ts'

/** The first thing that one run showed somebody and the other did not, in words. */
export interface Difference {
  whom: string
  where: string
  left: string
  right: string
}

/** Plays a history with both secrets and compares what reached everybody who may not learn anything of them. */
export async function interference(
  history: History,
  faults: () => Faults = () => ({}),
  happened: (what: readonly string[]) => void = () => undefined,
): Promise<Difference | null> {
  const left = await play(history, 'left', faults())
  happened(left.happened)
  return differs(left, await play(history, 'right', faults()))
}

/** True when nothing but the secrets makes two runs of a history differ. */
export async function isSteady(history: History, faults: () => Faults): Promise<boolean> {
  const once = await play(history, 'left', faults())
  return differs(once, await play(history, 'left', faults())) === null
}

/**
 * Compared for each person: HTTP answers with their times, each connection with its doc, and for each connection and
 * virtual time the bytes that were written then, one after the other. How many writes they came in is left out: what
 * leaves at one virtual time is one burst at the outbox, and where the system cuts it is real time, which no server can
 * keep equal (DESIGN §8, channels that remain). And for each lane that not only insiders read, the calls of the model.
 */
function differs(left: Trace, right: Trace): Difference | null {
  for (const [whom, one] of left.outsiders) {
    const other = right.outsiders.get(whom) ?? { exchanges: [], seats: [] }
    const found = inAnswers(one.exchanges, other.exchanges) ?? inSeats(one.seats, other.seats)
    if (found) return { whom, ...found }
  }
  for (const lane of new Set([...left.calls.keys(), ...right.calls.keys()])) {
    const found = inCalls(left.calls.get(lane) ?? [], right.calls.get(lane) ?? [])
    if (found) return { whom: `the readers of ${lane}`, ...found }
  }
  return null
}

type Place = Omit<Difference, 'whom'>

function inAnswers(left: readonly Exchange[], right: readonly Exchange[]): Place | null {
  const words = (each: Exchange | undefined) =>
    each ? `${each.at} ${each.asked}: ${each.status} ${each.body}` : 'nothing'
  return first('answer', left.map(words), right.map(words))
}

function inCalls(left: readonly ReadableCall[], right: readonly ReadableCall[]): Place | null {
  const words = ({ at, json }: ReadableCall) => `${at} ${json}`
  return first('call of the model', left.map(words), right.map(words))
}

function inSeats(left: readonly Seat[], right: readonly Seat[]): Place | null {
  const docs = first(
    'connection',
    left.map(({ doc }) => doc),
    right.map(({ doc }) => doc),
  )
  if (docs) return docs
  for (const [n, one] of left.entries()) {
    const other = right[n]?.bursts ?? []
    const most = Math.max(one.bursts.length, other.length)
    for (let i = 0; i < most; i++) {
      const [a, b] = [one.bursts[i], other[i]]
      if (sameBurst(a, b)) continue
      return { where: `burst ${i} of connection ${n} to ${one.doc}`, ...apart(burstWords(a), burstWords(b)) }
    }
  }
  return null
}

function sameBurst(a: Burst | undefined, b: Burst | undefined): boolean {
  if (!a || !b || a.at !== b.at || a.close !== b.close) return false
  return Buffer.concat(a.bytes).equals(Buffer.concat(b.bytes))
}

function burstWords(burst: Burst | undefined): string {
  if (!burst) return 'nothing'
  const frames = [...payloads(Buffer.concat(burst.bytes))].map(describeFrame)
  return [`at ${burst.at}`, ...frames, ...(burst.close === undefined ? [] : [`close ${burst.close}`])].join(
    '\n',
  )
}

function first(what: string, left: readonly string[], right: readonly string[]): Place | null {
  const most = Math.max(left.length, right.length)
  for (let n = 0; n < most; n++) {
    if (left[n] === right[n]) continue
    return { where: `${what} ${n}`, ...apart(left[n] ?? 'nothing', right[n] ?? 'nothing') }
  }
  return null
}

const CONTEXT = 120
const SHOWN = 700

/** Both from a little before they part. */
export function apart(left: string, right: string): { left: string; right: string } {
  let at = 0
  while (at < left.length && left[at] === right[at]) at++
  const from = Math.max(0, at - CONTEXT)
  const cut = (text: string) => `${from > 0 ? '…' : ''}${text.slice(from, from + SHOWN)}`
  return { left: cut(left), right: cut(right) }
}

/** A history of which nothing can be left out without the difference going with it. */
async function minimal(history: History, faults: () => Faults = () => ({})): Promise<History> {
  let smallest = history
  for (const part of ['epilogue', 'acts'] as const) {
    for (let n = smallest[part].length - 1; n >= 0; n--) {
      const fewer = { ...smallest, [part]: smallest[part].toSpliced(n, 1) }
      if (await interference(fewer, faults).catch(() => null)) smallest = fewer
    }
  }
  return smallest
}

/** The difference and the shortest history found that shows one. */
export async function report(history: History, faults?: () => Faults): Promise<string> {
  const least = await minimal(history, faults)
  const found = (await interference(least, faults)) ?? { whom: 'nobody', where: 'now', left: '', right: '' }
  const acts = (of: readonly object[]) => of.map((act) => `  ${JSON.stringify(act)}`).join('\n')
  const { acts: done, epilogue, ...setting } = least
  return [inWords(found), JSON.stringify(setting), acts(done), 'long after', acts(epilogue)].join('\n')
}

function inWords({ whom, where, left, right }: Difference): string {
  return `${whom} could tell the secrets apart by ${where}\n--- one secret\n${left}\n--- the other\n${right}`
}
