import { useMemo, useSyncExternalStore } from 'react'
import { ColloquyError } from '../errors.ts'
import type { PromptOptions, Session, Snapshot, SubmittedPrompt } from '../types/index.ts'
import { pendingCalls } from './approvals.ts'
import { useSession, useSnapshot } from './hooks.ts'
import type { SessionChat } from './types.ts'

type Act = 'sendMessage' | 'stop' | 'addToolApprovalResponse' | 'clearError'

export function useSessionChat(): SessionChat {
  const session = useSession()
  const { messages, status: busy } = useSnapshot(chatOf)
  const failures = failuresOf(session)
  const error = useSyncExternalStore(failures.subscribe, failures.read, failures.read)
  // The same functions for every token, so that what depends on them alone is not drawn again.
  const acts = useMemo<Pick<SessionChat, Act>>(
    () => ({
      sendMessage: (message, options) => send(session, message, options),
      stop: () => stopMine(session),
      addToolApprovalResponse: (response) => respond(session, response),
      clearError: () => failures.set(undefined),
    }),
    [session, failures],
  )
  return useMemo(
    () => ({
      ...acts,
      id: session.id,
      messages: messages as SessionChat['messages'],
      status: busy ?? (error ? 'error' : 'ready'),
      error,
    }),
    [session, acts, messages, busy, error],
  )
}

const chatOf = (snapshot: Snapshot) => ({ messages: snapshot.messages, status: busyWith(snapshot) })

/** What one's own prompts are doing; null: nothing. */
export function busyWith(snapshot: Snapshot): 'streaming' | 'submitted' | null {
  const { turns, queue, outbox, me } = snapshot
  if (turns.some(({ author }) => author.id === me?.id)) return 'streaming'
  const waits = queue.some(({ author }) => author.id === me?.id) || newestOwn(snapshot) !== undefined
  const unsent = outbox.some(({ refused }) => refused === undefined)
  return waits || unsent ? 'submitted' : null
}

/** Submits a prompt; how that fails, now or later, is kept beside the session. */
export function send(
  session: Session,
  message: string | { text: string },
  options?: PromptOptions,
): Promise<SubmittedPrompt> {
  const failures = failuresOf(session)
  failures.set(undefined)
  const submitted = session.prompt(typeof message === 'string' ? message : message.text, options)
  submitted
    .then(({ finished }) => finished)
    .then(({ end, message: answer }) => {
      if (end !== 'failed') return
      failures.set(new ColloquyError(answer?.metadata.reason ?? 'UNEXPECTED', 'the turn failed'))
    })
    .catch((error: unknown) => {
      // The page's own doing is no failure.
      const meant = error instanceof ColloquyError && (error.code === 'CLOSED' || error.code === 'DISCARDED')
      if (!meant) failures.set(error instanceof Error ? error : new Error(String(error)))
    })
  return submitted
}

/** One's own newest turn that has begun; the running one is among them. */
function newestOwn({ unfinished, me }: Snapshot): string | undefined {
  return unfinished.findLast(({ metadata }) => metadata.author.id === me?.id)?.metadata.turnId
}

export async function stopMine(session: Session): Promise<void> {
  const snapshot = session.snapshot()
  const { turns, me } = snapshot
  const turnId = turns.find(({ author }) => author.id === me?.id)?.turnId ?? newestOwn(snapshot)
  if (turnId !== undefined) await session.cancel(turnId)
}

export async function respond(
  session: Session,
  { id, approved }: { id: string; approved: boolean },
): Promise<void> {
  const call = pendingCalls(session.snapshot()).find(({ part }) => part.approval.id === id)
  if (!call) throw new ColloquyError('CALL_DECIDED', 'no call waits for that approval')
  await (approved ? session.allowCall(call) : session.denyCall(call))
}

/** The last failure of one's own prompts, the same for all components. */
class Failures {
  #error: Error | undefined
  readonly #subscribers = new Set<() => void>()

  readonly read = (): Error | undefined => this.#error

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#subscribers.add(fn)
    return () => {
      this.#subscribers.delete(fn)
    }
  }

  set(error: Error | undefined): void {
    if (this.#error === error) return
    this.#error = error
    for (const fn of [...this.#subscribers]) fn()
  }
}

const known = new WeakMap<Session, Failures>()

export function failuresOf(session: Session): Failures {
  let failures = known.get(session)
  if (!failures) {
    failures = new Failures()
    known.set(session, failures)
  }
  return failures
}
