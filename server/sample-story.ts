import { MAIN_LANE, type PersonRef } from '@colloquy/shared'
import type { SessionEvent } from '@colloquy/shared/events'
import type { NewId } from './clock.ts'
import type { NewEvent } from './journal/journal.ts'
import { OFFLINE } from './model/offline.ts'
import { settled } from './session/intents.ts'
import { canonicalJson } from './tools/canonical.ts'

// What the first session of a new installation holds, so that a first visitor sees the product and not an empty
// room. Nobody and no model said it: it is written here, and says so.

const MINUTE = 60_000

interface Exchange {
  who: number
  /** Minutes before now. */
  ago: number
  asks: string
  /** What the answer looked up before it was given. */
  call?: { tool: string; args: object; result: object }
  answer: string
}

/** What one of them asked for themselves alone, in a lane of its own: the others see nothing of it. */
const ASIDE: Exchange = {
  who: 0,
  ago: 29,
  asks: 'Only for me: how do I ask Cy kindly to be on call on Thursday night?',
  answer:
    'This is a **private aside**: you asked it for yourself alone, so nobody else sees it, not even that it is here, ' +
    'and no answer to the team is made from it.\n\n' +
    'Say what it is for, how long, and what Cy gets in return: “Could you watch the dashboards on Thursday from six ' +
    'to ten? You would have Friday morning off.”',
}
/** The main lane's messages that had been said by then. */
const ASIDE_AFTER = 4

const STORY: readonly Exchange[] = [
  {
    who: 0,
    ago: 34,
    asks: 'We announce the new release on Thursday. What has to be done before?',
    answer:
      'This is a **sample session**: its texts came with Colloquy. Below is how a team works here.\n\n' +
      'Before Thursday:\n\n' +
      '1. Freeze the release branch and tag the candidate.\n' +
      '2. Run the migration on a copy of production, and write down how long it takes.\n' +
      '3. Agree on who watches which dashboard in the first hour.\n' +
      '4. Have the announcement read by somebody who did not write it.',
  },
  {
    who: 1,
    ago: 31,
    asks: 'I take 2. Which numbers should I write down?',
    answer:
      'For the migration, Bo:\n\n' +
      '| number | why |\n|---|---|\n' +
      '| rows before and after | nothing was lost |\n' +
      '| longest lock | what people would have noticed |\n' +
      '| total time | the length of the maintenance window |\n\n' +
      'A first look at the size:\n\n' +
      '```sql\nselect relname, n_live_tup from pg_stat_user_tables order by 2 desc limit 10;\n```',
  },
  {
    who: 2,
    ago: 27,
    asks: 'And I read the announcement. Ana, when do you need it? Our note on the last release may say.',
    call: {
      tool: 'notes.read',
      args: { name: 'last release' },
      result: {
        name: 'last release',
        text: 'The announcement was read on the evening before, and two changes did not make it.',
      },
    },
    answer:
      'Cy offers to read the announcement (4). The note says that the evening before was too late last time, so ' +
      'Wednesday noon it is: that leaves half a day for changes.\n\nStill without a name: **3, the dashboards**.',
  },
]

/** What waits until the first visitor comes, and is then answered before their eyes by the offline model. */
const WAITING: readonly { who: number; asks: string }[] = [
  { who: 1, asks: 'Who has taken which task so far?' },
  { who: 2, asks: 'And what is still open before Thursday?' },
  { who: 1, asks: 'Then I also take 3. Does that clash with 2?' },
]

/** The events of the sample, after those that open the session. Ids and times are the caller's. */
export function sampleStory(
  people: readonly PersonRef[],
  now: number,
  newId: NewId,
): NewEvent<SessionEvent>[] {
  const main = { laneId: MAIN_LANE }
  return [
    ...STORY.flatMap((exchange, i) => turnOf(exchange, people[exchange.who], i, now, newId, main)),
    ...asideOf(people[ASIDE.who], now, newId),
  ]
}

function asideOf(author: PersonRef | undefined, now: number, newId: NewId): NewEvent<SessionEvent>[] {
  if (!author) return []
  const laneId = newId('l')
  const at = now - ASIDE.ago * MINUTE
  const opened: SessionEvent = { type: 'lane.opened', at, laneId, audience: [author.id], by: author.id }
  return [{ event: opened }, ...turnOf(ASIDE, author, 0, now, newId, { laneId, after: ASIDE_AFTER })]
}

/** Prompts after the sample that nothing has answered yet. */
export function waitingStory(
  people: readonly PersonRef[],
  now: number,
  newId: NewId,
): NewEvent<SessionEvent>[] {
  return WAITING.flatMap(({ who, asks }) => {
    const author = people[who]
    if (!author) return []
    const { event, body } = accepted(author, asks, now, newId('p'), newId('c'), MAIN_LANE)
    // Sealed: started later with a model that somebody pays for, the server asks it nothing.
    return [{ event: { ...event, model: OFFLINE }, body }]
  })
}

function accepted(
  { id: author }: PersonRef,
  body: string,
  at: number,
  promptId: string,
  cell: string,
  laneId: string,
) {
  const [type, length] = ['prompt.accepted' as const, body.length]
  return { event: { type, at, promptId, laneId, author, cell, length }, body }
}

function turnOf(
  { ago, asks, call, answer }: Exchange,
  author: PersonRef | undefined,
  index: number,
  now: number,
  newId: NewId,
  { laneId, ...follows }: { laneId: string; after?: number },
): NewEvent<SessionEvent>[] {
  if (!author) return []
  const at = now - ago * MINUTE
  const endedAt = at + 9_000
  const [promptId, turnId, cell, said] = [newId('p'), newId('t'), newId('c'), newId('c')]
  const claimed: SessionEvent = {
    ...{
      type: 'turn.claimed',
      at,
      turnId,
      promptId,
      laneId,
      author,
      acceptedAt: at,
      cell,
      length: asks.length,
    },
    ...follows,
    ...{ seq: index * 2 + 1, questionId: newId('m'), answerId: newId('m'), model: 'sample' },
  }
  const lookedUp = call ? callOf(call, turnId, at + 2_000, newId) : []
  const step = call ? 2 : 1
  const committed: SessionEvent = {
    ...{ type: 'step.committed', at: endedAt, turnId, step, attempt: 1 },
    ...{ cell: said, length: answer.length, finish: 'stop' },
  }
  return [
    accepted(author, asks, at, promptId, cell, laneId),
    { event: claimed },
    { event: { type: 'step.started', at, turnId, step: 1, attempt: 1 } },
    ...lookedUp,
    { event: committed, body: answer },
    { event: { type: 'turn.ended', at: endedAt, turnId, end: 'done' } },
  ]
}

/** A first step that calls a tool, and what came back. */
function callOf(
  { tool, args, result }: NonNullable<Exchange['call']>,
  turnId: string,
  at: number,
  newId: NewId,
): NewEvent<SessionEvent>[] {
  const [given, found] = [canonicalJson(args), JSON.stringify(result)]
  const callId = newId('k')
  const intent: SessionEvent = {
    ...{ type: 'tool.intent', at, turnId, step: 1, index: 0, callId, tool, effect: 'read', replay: 'safe' },
    ...{ argsHash: newId('h'), cell: newId('c') },
  }
  return [
    {
      event: {
        ...{ type: 'step.committed', at, turnId, step: 1, attempt: 1 },
        ...{ cell: newId('c'), length: 0, finish: 'tool-calls' },
      },
      body: '',
    },
    { event: intent, body: given },
    { event: { type: 'tool.dispatched', at, turnId, callId } },
    settled(turnId, callId, at + 40, newId, { outcome: 'ok', body: found }),
    { event: { type: 'step.started', at: at + 40, turnId, step: 2, attempt: 1 } },
  ]
}
