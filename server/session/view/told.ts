import type { ModelMessage } from '../../model/port.ts'
import type { Bodies } from '../lane-content.ts'
import type { Entry, Lane } from '../state.ts'
import type { ViewBudget } from './budget.ts'
import { budgetOf } from './lanes.ts'
import type { Repeat, Repeats, Said } from './repeats.ts'
import { type Section, sectionOf } from './section.ts'
import { ToldAnswers } from './told-answers.ts'

/** A section as it is told after the sections before it. */
export interface ToldSection extends Section {
  messages: readonly ModelMessage[]
  tokens: number
  repeats: readonly Repeat[]
}

/**
 * What each lane gives to a view, in order. What a section leaves out because it was said before depends on the
 * sections before it, and never on those after.
 */
export function tellLanes(
  lanes: readonly Lane[],
  entriesOf: (lane: Lane) => readonly Entry[],
  bodies: Bodies,
  budget: ViewBudget,
  repeats: Repeats,
): ToldSection[] {
  const answers = new ToldAnswers()
  return lanes.map((lane) => {
    const section = sectionOf(lane, entriesOf(lane), bodies, budgetOf(lane, budget))
    return { ...section, ...tell(section, repeats, answers) }
  })
}

function tell({ lane, summaries, said }: Section, repeats: Repeats, answers: ToldAnswers): Said {
  const messages: ModelMessage[] = []
  const repeated: Repeat[] = []
  let tokens = 0
  let next = 0
  const tellSummaries = (before: number) => {
    for (let each = summaries[next]; each && each.summary.fromSeq < before; each = summaries[++next]) {
      messages.push(each.message)
      tokens += each.tokens
    }
  }
  for (const spoken of said) {
    tellSummaries(spoken.entry.seq)
    const told = answers.again(spoken, lane) ?? repeats.say(spoken)
    messages.push(...told.messages)
    repeated.push(...told.repeats)
    tokens += told.tokens
  }
  tellSummaries(Infinity)
  return { messages, tokens, repeats: repeated }
}
