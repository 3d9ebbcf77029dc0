import type { ModelMessage } from '../../model/port.ts'
import type { Bodies } from '../lane-content.ts'
import type { Entry, Lane, State, Turn } from '../state.ts'
import { lanesInto } from './lanes.ts'
import { speakSteps } from './speak.ts'

type Step = Extract<ModelMessage, { role: 'assistant' }>

/**
 * What a turn has said, called and been told so far. One that goes on from wider lanes begins with what it came to
 * there: its parts are told as the one answer that they are.
 */
export function stepsOf(state: State, turn: Turn, lane: Lane, bodies: Bodies): ModelMessage[] {
  const answer = lane.entries.findLast(({ id }) => id === turn.answerId)
  const earlier = earlierParts(state, lane, turn.continues?.answerId)
  return joined([...earlier, ...(answer ? [answer] : [])].flatMap((entry) => speakSteps(entry, bodies)))
}

/** The answers that a turn has in wider lanes, the widest first. */
function earlierParts(state: State, lane: Lane, answerId: string | undefined): Entry[] {
  if (answerId === undefined) return []
  const wider = lanesInto(state, lane.laneId).flatMap(({ entries }) => entries)
  const parts: Entry[] = []
  for (let id: string | undefined = answerId; id !== undefined; ) {
    const part = wider.find((entry) => entry.id === id)
    if (!part || parts.includes(part)) break
    parts.unshift(part)
    id = part.continues
  }
  return parts
}

/** A step that called nothing, because its calls were left to the rest, is one with the step that makes them. */
function joined(messages: readonly ModelMessage[]): ModelMessage[] {
  const out: ModelMessage[] = []
  for (const message of messages) {
    const last = out.at(-1)
    if (message.role === 'assistant' && last?.role === 'assistant' && !last.calls) {
      out[out.length - 1] = oneStep(last, message)
    } else out.push(message)
  }
  return out
}

function oneStep(first: Step, second: Step): Step {
  const text = [first.text, second.text].filter((part) => part !== '').join('\n\n')
  return { ...second, text }
}
