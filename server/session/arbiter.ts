import type { Lane, PendingPrompt, State } from './state.ts'

// The arbiter decides which prompt of a lane runs next. It is pure, and this is its whole rule:
//
//  A1 What a moderator fixed (`pinned`) runs first, in that order.
//  A2 Then the person who was served longest ago; among people never served, the one whose prompt came first.
//  A3 Within one person, their own order.
//
// A2 gives the bound of PROTOCOL A4: at a person's second turn everybody else who could run has been
// served since their first, for otherwise somebody would have been served longer ago than they.

/** The waiting prompts of a lane in the order in which they will run, if nothing else happens. */
export function order(state: State, lane: Lane): PendingPrompt[] {
  const served = new Map(Object.entries(lane.served))
  const result: PendingPrompt[] = []
  let turn = lane.seq
  const take = (prompt: PendingPrompt) => {
    result.push(prompt)
    served.set(prompt.author.id, ++turn)
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

/** The prompt that runs next in a lane, or null when a turn runs there or nobody has one that can. */
export function next(state: State, lane: Lane): PendingPrompt | null {
  if (lane.running !== null) return null
  return order(state, lane).find((prompt) => prompt.state === 'waiting') ?? null
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
