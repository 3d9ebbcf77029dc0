import type { SessionEvent } from '@colloquy/shared/events'
import type { Clock, NewId } from '../clock.ts'
import type { NewEvent } from '../journal/journal.ts'
import type { ModelPort } from '../model/port.ts'
import { retractedAt } from './fold-copies.ts'
import type { Bodies } from './lane-content.ts'
import type { State } from './state.ts'
import { extract } from './view/extract.ts'
import { dueSummary, type SummaryPlan } from './view/plan-summary.ts'
import type { SummaryText } from './view/summary.ts'
import { readReply, summaryCall } from './view/summary-call.ts'

/** ms that a model may take for a summary. */
const PATIENCE_MS = 60_000
/** Characters after which a reply is no summary. */
const LONGEST_REPLY = 32_000

export interface HousekeeperDeps {
  state(): State
  bodies: Bodies
  /** Applies events and erases cells; resolves once that is durable. */
  commit(batch: { events: NewEvent<SessionEvent>[]; erase: string[] }): Promise<unknown>
  /** What writes summaries; null where only the offline model is: extracts then stand in. */
  model: ModelPort | null
  clock: Clock
  newId: NewId
}

/**
 * Sums up the older part of a lane, beside its turns: no prompt waits for it, and where it comes to nothing the view
 * is only shorter. One lane is read at a time, without tools, and what is made of it is written to that lane.
 */
export class Housekeeper {
  readonly #deps: HousekeeperDeps
  /** What is being summed up, by laneId. */
  readonly #busy = new Map<string, AbortController>()
  #stopped = false

  constructor(deps: HousekeeperDeps) {
    this.#deps = deps
  }

  /** A turn of this lane has ended, or a message of it was taken back: something may be due. */
  consider(laneId: string): void {
    if (this.#stopped || this.#busy.has(laneId)) return
    const plan = this.#due(laneId)
    if (!plan) return
    const { model } = this.#deps
    if (model) void this.#ask(plan, model)
    else this.#write(plan, extract(plan), 'extract')
  }

  /** Ends what is under way; nothing is written after this. */
  stopAll(): void {
    this.#stopped = true
    for (const abort of this.#busy.values()) abort.abort()
    this.#busy.clear()
  }

  #due(laneId: string): SummaryPlan | null {
    return dueSummary(this.#deps.state(), laneId, this.#deps.bodies)
  }

  async #ask(plan: SummaryPlan, model: ModelPort): Promise<void> {
    const { laneId } = plan
    const abort = new AbortController()
    this.#busy.set(laneId, abort)
    const cancel = this.#deps.clock.after(PATIENCE_MS, () => abort.abort())
    const reply = await replyOf(model, plan, abort.signal)
    cancel()
    if (this.#stopped) return
    this.#busy.delete(laneId)
    // What was taken back meanwhile may be in the reply: what is still due is looked at again.
    if (!this.#stillHolds(plan)) return this.consider(laneId)
    const text = reply === null ? null : readReply(plan, reply)
    if (text) this.#write(plan, text, 'model')
    else this.#write(plan, extract(plan), 'extract')
  }

  #stillHolds({ laneId, sources, replaces }: SummaryPlan): boolean {
    const state = this.#deps.state()
    const stands = state.lanes[laneId]?.summaries ?? []
    const gone = sources.some((source) => retractedAt(state, source) !== undefined)
    return !gone && replaces.every((summary) => stands.includes(summary))
  }

  #write(plan: SummaryPlan, text: SummaryText, writtenBy: 'model' | 'extract'): void {
    const { clock, newId, commit } = this.#deps
    const { laneId, fromSeq, throughSeq, replaces } = plan
    const body = JSON.stringify(text)
    // A model's words stay a model's where an extract takes them in.
    const by = replaces.some((summary) => summary.by === 'model') ? 'model' : writtenBy
    const event: SessionEvent = {
      ...{ type: 'view.compacted', at: clock.now(), laneId, fromSeq, throughSeq },
      ...{ sources: [...plan.sources], by, cell: newId('c', laneId), length: body.length },
    }
    const erase = replaces.map(({ cell }) => cell)
    // A failure reaches the ledger's owner by itself.
    commit({ events: [{ event, body }], erase }).catch(() => undefined)
  }
}

/** All that the model says; null when it fails, is stopped, or does not come to an end. */
async function replyOf(model: ModelPort, plan: SummaryPlan, signal: AbortSignal): Promise<string | null> {
  let reply = ''
  try {
    for await (const part of model.stream(summaryCall(plan, model.defaultModel), signal)) {
      if (signal.aborted || part.type === 'error' || part.type === 'tool-call') return null
      if (part.type === 'text') reply += part.text
      if (part.type === 'finish') return part.finish === 'stop' ? reply : null
      if (reply.length > LONGEST_REPLY) return null
    }
  } catch {
    // Its contract forbids it, and the extract does without.
  }
  return null
}
