import { MAIN_LANE, setOf } from '@colloquy/shared'
import type { State, Turn } from '../../server/session/state.ts'
import { VIEW_BUDGET, type ViewBudget } from '../../server/session/view/budget.ts'
import { compileView } from '../../server/session/view/compile.ts'
import { Talk } from '../../server/session/view/talk.fixture.ts'
import { type Figure, quantile } from './table.ts'

const MESSAGES = 5_000
const LANES = 10
const ROUNDS = 40
const QUESTION = 'How do we go on from here, given what was decided about the release on Friday? '
const ANSWER = 'A short answer, as most answers in a long session are. '.repeat(8)
/** Every message of the session is in such a view. */
const ALL: ViewBudget = { main: 10_000_000, lane: 10_000_000, lanes: LANES }

/** Compiling the view of a lane into which all others flow. */
export async function view(): Promise<Figure[]> {
  return [
    ...measured(`${MESSAGES} messages in ${LANES} lanes`, VIEW_BUDGET, { warm: 5, cold: 60 }),
    ...measured('the same, all of them told', ALL, { warm: 5, cold: 60 }),
    ...pasted(),
  ]
}

function measured(what: string, budget: ViewBudget, bound: { warm: number; cold: number }): Figure[] {
  // The first session warms the compiler of the language up, and is not counted.
  const sessions = Array.from({ length: 6 }, () => rounds(budget)).slice(1)
  const warm = sessions.flatMap((each) => each.slice(1))
  const cold = sessions.flatMap((each) => each.slice(0, 1))
  const time = { unit: 'ms', kind: 'time' } as const
  return [
    { what: `${what}: cold, p50`, value: quantile(cold, 0.5), bound: bound.cold, ...time },
    { what: `${what}: one new prompt, p50`, value: quantile(warm, 0.5), bound: bound.warm, ...time },
    { what: `${what}: one new prompt, p95`, value: quantile(warm, 0.95), bound: bound.warm, ...time },
    // Whatever the machine: a prompt costs a small part of what reading everything anew does.
    {
      what: `${what}: part of ten times its limits`,
      value: Math.max(quantile(cold, 0.5) / (10 * bound.cold), quantile(warm, 0.5) / (10 * bound.warm)),
      ...{ unit: '×', bound: 1, kind: 'size' },
    },
  ]
}

/** @returns ms of the first view of a session, and of each that followed one more prompt */
function rounds(budget: ViewBudget): number[] {
  const { talk, laneId } = session()
  const times: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const turn = talk.ask(laneId, 'p0', `${QUESTION}${round}`)
    times.push(timed(talk.state, turn, talk, budget))
    talk.change(laneId, turn.answerId, { status: 'done', cells: [talk.cell(ANSWER)] })
  }
  return times
}

function timed(state: State, turn: Turn, { bodies }: Talk, budget: ViewBudget): number {
  const began = performance.now()
  compileView(state, turn, bodies, { teamText: 'A team.', budget })
  return performance.now() - began
}

/** Main, and sets of ten people down to one: the last holds all that flows. */
function session(): { talk: Talk; laneId: string } {
  const talk = new Talk()
  for (let lane = 1; lane < LANES; lane++) {
    const people = Array.from({ length: LANES - lane }, (_, i) => `p${i}`)
    talk.lane(`l_${lane}`, setOf(people))
  }
  for (let message = 0; message < MESSAGES; message += 2) {
    const lane = (message / 2) % LANES
    talk.say(lane === 0 ? MAIN_LANE : `l_${lane}`, 'p0', `${QUESTION}${message}`, `${ANSWER}${message}`)
  }
  return { talk, laneId: `l_${LANES - 1}` }
}

/** Five people paste the same log of 20 kB. */
function pasted(): Figure[] {
  const log = Array.from(
    { length: 600 },
    (_, i) => `${i} worker-${i % 7} took ${(i * 7919) % 1000} ms for job ${i * 31}`,
  )
    .join('\n')
    .slice(0, 20_000)
  const talk = new Talk()
  for (const author of ['p0', 'p1', 'p2', 'p3']) {
    talk.say(MAIN_LANE, author, `${author} has this:\n${log}\nwhy is it slow for ${author}?`)
  }
  const turn = talk.ask(MAIN_LANE, 'p4', `Me too. ${log} Any idea?`)
  const { messages, manifest } = compileView(talk.state, turn, talk.bodies, { teamText: '' })
  const characters = messages.reduce((sum, message) => sum + ('text' in message ? message.text.length : 0), 0)
  return [
    {
      what: 'five pastes of 20 kB: characters in the view',
      value: characters,
      unit: 'chars',
      bound: 21_000,
      kind: 'size',
    },
    { what: 'five pastes of 20 kB: tokens saved', value: manifest.saved, unit: 'tokens', kind: 'size' },
  ]
}
