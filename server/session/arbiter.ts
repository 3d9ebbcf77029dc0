import { isReady } from './parked.ts'
import type { Lane, PendingPrompt, State, Turn } from './state.ts'

// The arbiter decides which prompt of a lane runs next, or which parked turn goes on. It is pure, and this is its whole rule:
//
//  A1 What a moderator fixed (`pinned`) runs first, in that order.
//  A2 Then the person who was served longest ago; among people never served, the one whose prompt came first.
//  A3 Within one person, their own order; a parked turn of theirs that can go on comes before all of it.
//
// A2 gives the bound of PROTOCOL A4: at a person's second turn everybody else who could run has been
// served since their first, for otherwise somebody would have been served longer ago than they.

/** The waiting prompts of a lane in the order in which they will run, if nothing else happens. */
export function order(state: State, lane: Lane): PendingPrompt[] {
  const served = new Map(Object.entries(lane.served))
  const result: PendingPrompt[] = []
  let { serves } = lane
  const take = (prompt: PendingPrompt) => {
    result.push(prompt)
    served.set(prompt.author.id, ++serves)
  }

  for (const id of lane.pinned) {
    const prompt = state.prompts[id]
    if (prompt) take(prompt)
  }
  const queues = byAuthor(state, lane)
  while (queues.size > 0) {
    const queue = longestAgo(queues, served)
    const prompt = queue.shift()
    if (!prompt) break
    take(prompt)
    if (queue.length === 0) queues.delete(prompt.author.id)
  }
  return result
}

/** What a lane does next. */
export type Next = { prompt: PendingPrompt } | { turn: Turn }

/** What runs next in a lane at `now`, or null when a turn runs there or nobody has something that can. */
export function next(state: State, lane: Lane, now: number): Next | null {
  if (lane.running !== null) return null
  const prompt = order(state, lane).find((each) => each.state === 'waiting')
  const turn = readyTurn(state, lane, now)
  if (!turn) return prompt ? { prompt } : null
  if (!prompt) return { turn }
  if (lane.pinned.includes(prompt.promptId)) return { prompt }
  return servedAt(lane, turn) <= servedAt(lane, prompt) ? { turn } : { prompt }
}

/** The parked turn that can go on and whose author was served longest ago. */
function readyTurn(state: State, lane: Lane, now: number): Turn | undefined {
  const ready = lane.parked.flatMap((id) => {
    const turn = state.turns[id]
    return turn && isReady(state, turn, now) ? [turn] : []
  })
  return ready.sort((a, b) => servedAt(lane, a) - servedAt(lane, b))[0]
}

function servedAt(lane: Lane, { author }: { author: { id: string } }): number {
  return lane.served[author.id] ?? 0
}

/** Each person's own prompts in their own order, the pinned ones left out. Map order: first prompt first. */
function byAuthor(state: State, lane: Lane): Map<string, PendingPrompt[]> {
  const pinned = new Set(lane.pinned)
  const queues = new Map<string, PendingPrompt[]>()
  for (const id of lane.queue) {
    const prompt = state.prompts[id]
    if (!prompt || pinned.has(id)) continue
    const queue = queues.get(prompt.author.id)
    if (queue) queue.push(prompt)
    else queues.set(prompt.author.id, [prompt])
  }
  return queues
}

function longestAgo(queues: Map<string, PendingPrompt[]>, served: Map<string, number>): PendingPrompt[] {
  let best: PendingPrompt[] = []
  let bestAt = Infinity
  for (const [author, queue] of queues) {
    const at = served.get(author) ?? 0
    if (at < bestAt) {
      best = queue
      bestAt = at
    }
  }
  return best
}
