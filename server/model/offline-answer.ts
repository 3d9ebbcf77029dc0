import { attachedIn } from '@colloquy/shared/attachments'
import { readAttached } from './offline-attachments.ts'
import { caughtUp } from './offline-catch-up.ts'
import { type PlannedCall, plannedSteps, planStep, report, resultsAfter } from './offline-tools.ts'
import type { ModelCall, ModelMessage, ModelQuestion as Said } from './port.ts'

/** What the offline model says to a call, before it is streamed. */
export interface OfflineAnswer {
  text: string
  calls?: PlannedCall[]
}

/** `/write` stops here: half a megabyte is enough to try out anything. */
const MOST_WORDS = 100_000
/** Characters of somebody's words that an answer quotes. */
const QUOTE_LENGTH = 160

const INTRODUCTION =
  'I am the offline model of this server: no network and no thought, only the conversation I was given.'
const HELP =
  'Ask me to `/write 300` words, to `/echo` all that I was given, or to call tools with `/tool name {"key": "value"}`, ' +
  'one on each line; after a line `/then` come those of the next step. The setting `COLLOQUY_MODEL` brings a real model.'

/** The answer to the last question, and to what has come back since. Pure: the same call has the same answer. */
export function offlineAnswer(call: ModelCall): OfflineAnswer {
  const { messages } = call
  const at = messages.findLastIndex(({ role }) => role === 'user')
  const asked = messages[at]
  if (asked?.role !== 'user' || messages.at(-1)?.role === 'assistant')
    return { text: `${INTRODUCTION} Nobody has asked anything after my last answer.` }
  const [, command, rest = ''] = /^\s*\/(write|echo)\b\s*([\s\S]*)$/.exec(asked.text) ?? []
  if (command === 'write') return { text: words(Number.parseInt(rest, 10) || 300) }
  if (command === 'echo') return { text: echo(call) }
  const { words: question } = attachedIn(asked.text)
  const isPlan = plannedSteps(question).length > 0
  const attached = isPlan ? undefined : readAttached(call, asked.text, at)
  return attached ?? nextStep(call, question, at) ?? { text: describe(asked, messages.slice(0, at)) }
}

/** The next calls that the question asks for; after the last of them, all that has come back. */
function nextStep({ messages, tools }: ModelCall, question: string, at: number): OfflineAnswer | undefined {
  const results = resultsAfter(messages, at)
  const lines = plannedSteps(question)[results.length]
  const step = lines && planStep(lines, tools)
  if (step && 'calls' in step) return { text: '', calls: step.calls }
  const told = results.length > 0 ? [`${INTRODUCTION} ${report(results.flat())}`] : []
  if (step) told.push(step.problem)
  return told.length > 0 ? { text: told.join('\n\n') } : undefined
}

/** All of the input, verbatim: whatever this shows is the worst that any model could say. */
export function echo({ system, messages, tools }: ModelCall): string {
  return [
    `system:\n${system}`,
    ...messages.flatMap(echoMessage),
    `tools:\n${JSON.stringify(tools, null, 2)}`,
  ].join('\n\n')
}

function echoMessage(message: ModelMessage): string[] {
  switch (message.role) {
    case 'user':
      return [`user from ${JSON.stringify(message.from)}:\n${withGaps(message)}`]
    case 'context': {
      const { role: _, about, ...told } = message
      return [`context, ${about}:\n${JSON.stringify(told, null, 2)}`]
    }
    case 'assistant':
      return [
        `assistant:\n${message.text}`,
        ...(message.calls ?? []).map(
          ({ args, ...call }) => `call ${JSON.stringify(call)}:\n${JSON.stringify(args)}`,
        ),
      ]
    case 'tool':
      return message.results.map(({ output, ...result }) => `result ${JSON.stringify(result)}:\n${output}`)
  }
}

/** The text with what is left out of it named in its place. */
function withGaps({ text, gaps = [] }: Said): string {
  let whole = ''
  let done = 0
  for (const { at, characters, sameAs } of gaps) {
    const why = sameAs ? `the same as #${sameAs.seq} of ${sameAs.id}` : 'left out'
    whole += `${text.slice(done, at)}[${characters} characters: ${why}]`
    done = at
  }
  return whole + text.slice(done)
}

const OPENING = 'These words are from the offline model, which writes as many as it is told to.'.split(' ')
const VOCABULARY = (
  'team order prompt answer reader lane question journal word turn page room record line story place ' +
  'morning river paper window harbour letter garden signal'
).split(' ')

/** Exactly `count` words, in sentences and paragraphs. */
function words(count: number): string {
  const most = Math.max(1, Math.min(count, MOST_WORDS))
  const out: string[] = []
  for (let at = 0; at < most; at++) {
    const place = (at - OPENING.length) % 12
    const word =
      OPENING[at] ?? VOCABULARY[(at * 7 + Math.floor(at / VOCABULARY.length)) % VOCABULARY.length] ?? ''
    const capital = at >= OPENING.length && place === 0 ? word.charAt(0).toUpperCase() + word.slice(1) : word
    const last = at === most - 1
    const stop = (at >= OPENING.length && place === 11) || last ? '.' : ''
    const gap = last ? '' : (at - OPENING.length) % 72 === 71 ? '\n\n' : ' '
    out.push(capital.replace(/\.$/, last ? '' : '.'), stop, gap)
  }
  return out.join('')
}

/** A few points about the view: who asks, who has spoken, what each said last, what comes close to the question. */
function describe(asked: Said, before: readonly ModelMessage[]): string {
  const earlier = before.filter((message) => message.role === 'user')
  const name = naming([...earlier, asked])
  const caught = caughtUp(asked, before, { quote, name, introduction: INTRODUCTION })
  if (caught) return [INTRODUCTION, list(caught)].join('\n\n')
  const points = [
    `${name(asked)} asks: ${quote(withGaps(asked))}`,
    census(earlier, before.filter(isAnswer).length, name),
    ...remembered(before),
  ]
  const last = lastOfEach(earlier)
  for (const said of last) {
    points.push(`${name(said)} last said (#${said.from.seq}): ${quote(withGaps(said))}`)
  }
  const close = closest(asked, earlier)
  if (close && !last.includes(close))
    points.push(
      `Closest to the question is what ${name(close)} said at #${close.from.seq}: ${quote(withGaps(close))}`,
    )
  return [INTRODUCTION, list(points), HELP].join('\n\n')
}

function list(points: readonly string[]): string {
  return points.map((point) => `- ${point}`).join('\n')
}

/** A step that calls is only on the way to an answer. */
function isAnswer(message: ModelMessage): boolean {
  return message.role === 'assistant' && !message.calls?.length
}

type Naming = (said: Said) => string

/** Names as people know them, with the id where two people share one. */
function naming(all: readonly Said[]): Naming {
  const ids = new Map<string, Set<string>>()
  for (const { from } of all) ids.set(from.name, (ids.get(from.name) ?? new Set()).add(from.id))
  return ({ from }) => ((ids.get(from.name)?.size ?? 0) > 1 ? `${from.name} (${from.id})` : from.name)
}

function census(earlier: readonly Said[], answers: number, name: Naming): string {
  if (earlier.length === 0) return 'Nobody has said anything before that.'
  const counts = new Map<string, { said: Said; count: number }>()
  for (const said of earlier) {
    counts.set(said.from.id, { said, count: (counts.get(said.from.id)?.count ?? 0) + 1 })
  }
  const each = [...counts.values()].map(({ said, count }) => `${count} from ${name(said)}`).join(', ')
  return `Before that I see ${many(earlier.length, 'message')} (${each}) and ${many(answers, 'answer')} of mine.`
}

/** What older messages came to, where they are not here themselves. */
function remembered(before: readonly ModelMessage[]): string[] {
  return before.flatMap((message) => {
    if (message.role !== 'context' || message.about !== 'summary' || message.notes.length === 0) return []
    const { fromSeq, throughSeq, notes } = message
    const [first] = notes
    const by = first?.authors.map((author) => author.name).join(', ') || 'me'
    return [
      `Of #${fromSeq} to #${throughSeq} I have ${many(notes.length, 'note')}, the first from ${by}: ${quote(first?.text ?? '')}`,
    ]
  })
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}

/** The last message of each of the four people who spoke last. */
function lastOfEach(earlier: readonly Said[]): Said[] {
  const last = new Map<string, Said>()
  for (const said of earlier.toReversed()) if (!last.has(said.from.id)) last.set(said.from.id, said)
  return [...last.values()].slice(0, 4).reverse()
}

/** The earlier message that shares most words with the question; short words are everybody's. */
function closest(asked: Said, earlier: readonly Said[]): Said | undefined {
  const wanted = keywords(asked.text)
  let best: { said: Said; shared: number } | undefined
  for (const said of earlier) {
    const shared = [...keywords(said.text)].filter((word) => wanted.has(word)).length
    if (shared > 0 && shared >= (best?.shared ?? 0)) best = { said, shared }
  }
  return best?.said
}

function keywords(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [])
}

function quote(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  const chars = [...line]
  return `“${chars.length > QUOTE_LENGTH ? `${chars.slice(0, QUOTE_LENGTH).join('')}…` : line}”`
}
