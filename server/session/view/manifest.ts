import type { StepView } from '@colloquy/shared/events'
import type { Summary } from '../state.ts'
import type { Repeat } from './repeats.ts'
import type { ToldSection } from './told.ts'

/** What was in a view, without any of its words. */
export interface Manifest {
  /** All of it, with the system text, the question and the turn's own steps. */
  tokens: number
  /** Tokens that were not told again. */
  saved: number
  lanes: readonly ManifestLane[]
  /** What was not told again: the first ones. */
  repeats: readonly ManifestRepeat[]
}

export interface ManifestLane {
  laneId: string
  /** Its first and its last message in the view; neither where only summaries are. */
  fromSeq?: number
  throughSeq?: number
  messages: number
  tokens: number
  summaries: readonly Pick<Summary, 'fromSeq' | 'throughSeq' | 'by'>[]
}

export interface ManifestRepeat {
  messageId: string
  /** userId of who repeated it. */
  author: string
  /** The message that holds it. */
  sameAs: string
  characters: number
  saved: number
}

/** Repeats that a manifest lists. */
const MOST_REPEATS = 100

export function manifestOf(
  told: readonly ToldSection[],
  promptRepeats: readonly Repeat[],
  beside: number,
): Manifest {
  const repeats = [...told.flatMap((section) => section.repeats), ...promptRepeats]
  return {
    tokens: told.reduce((sum, { tokens }) => sum + tokens, beside),
    saved: savedBy(repeats),
    lanes: told.filter(({ messages }) => messages.length > 0).map(manifestLane),
    repeats: repeats.slice(0, MOST_REPEATS).map(manifestRepeat),
  }
}

/** What the journal keeps of it. */
export function stepViewOf({ tokens, saved, lanes }: Manifest): StepView {
  return {
    ...{ tokens, saved },
    lanes: lanes.map(({ laneId, fromSeq, throughSeq, messages, tokens: used, summaries }) => ({
      ...{ laneId, messages, tokens: used },
      ...(fromSeq === undefined ? {} : { fromSeq }),
      ...(throughSeq === undefined ? {} : { throughSeq }),
      ...(summaries.length === 0 ? {} : { summedUpTo: summaries.at(-1)?.throughSeq ?? 0 }),
    })),
  }
}

export function savedBy(repeats: readonly Repeat[]): number {
  return repeats.reduce((sum, { saved }) => sum + saved, 0)
}

export function manifestRepeat({ entry, first, characters, saved }: Repeat): ManifestRepeat {
  return { messageId: entry.id, author: entry.author.id, sameAs: first.id, characters, saved }
}

function manifestLane({ lane, said, tokens, summaries }: ToldSection): ManifestLane {
  const [first, last] = [said[0]?.entry.seq, said.at(-1)?.entry.seq]
  return {
    laneId: lane.laneId,
    ...(first === undefined ? {} : { fromSeq: first }),
    ...(last === undefined ? {} : { throughSeq: last }),
    ...{ messages: said.length, tokens },
    summaries: summaries.map(({ summary: { fromSeq, throughSeq, by } }) => ({ fromSeq, throughSeq, by })),
  }
}
