import type { ModelContext } from '../../model/port.ts'
import type { Lane } from '../state.ts'
import type { Repeat, Said } from './repeats.ts'
import { readersIn, type Spoken, tokensOfMessages } from './speak.ts'

interface Told {
  spoken: Spoken
  lane: Lane
}

/** Tells an answer in the order of a view, and one that a copy of it has told only as a reference to that. */
export class ToldAnswers {
  /** By id of the message, or of the one that it is a copy of. */
  readonly #first = new Map<string, Told>()

  /** @returns what stands for it, or null where it is to be told itself */
  again(spoken: Spoken, lane: Lane): Said | null {
    const { entry, messages, tokens } = spoken
    if (entry.role !== 'assistant') return null
    const ids = [entry.id, ...(entry.shared ? [entry.shared.messageId] : [])]
    const first = ids.map((id) => this.#first.get(id)).find((told) => told !== undefined)
    for (const id of ids) if (!this.#first.has(id)) this.#first.set(id, { spoken, lane })
    // What its calls came to was not copied.
    if (!first || entry.calls.length > 0) return null
    const reference = referTo(first, entry.seq, lane)
    const saved = tokens - tokensOfMessages([reference])
    if (saved <= 0) return null
    const characters = messages.reduce((sum, message) => sum + textLength(message), 0)
    const repeat: Repeat = { entry, first: first.spoken.entry, characters, saved }
    return { messages: [reference], tokens: tokens - saved, repeats: [repeat] }
  }
}

function referTo({ spoken, lane: of }: Told, seq: number, lane: Lane): ModelContext {
  return {
    ...{ role: 'context', about: 'told-answer', seq, ...readersIn(lane.audience) },
    sameAs: { seq: spoken.entry.seq, ...readersIn(of.audience) },
  }
}

function textLength(message: Spoken['messages'][number]): number {
  return message.role === 'assistant' ? message.text.length : 0
}
