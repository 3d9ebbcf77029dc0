import { useMemo, useSyncExternalStore } from 'react'
import { ColloquyError } from '../errors.ts'
import type { PromptOptions, Session, Snapshot, SubmittedPrompt } from '../types.ts'
import { useSession, useSnapshot } from './hooks.ts'
import type { SessionChat } from './types.ts'

export function useSessionChat(): SessionChat {
  const session = useSession()
  const { messages, status: busy } = useSnapshot(chatOf)
  const failures = failuresOf(session)
  const error = useSyncExternalStore(failures.subscribe, failures.read, failures.read)
  // The same functions for every token, so that what depends on them alone is not drawn again.
  const acts = useMemo<Pick<SessionChat, 'sendMessage' | 'stop' | 'clearError'>>(
    () => ({
      sendMessage: (message, options) => send(session, message, options),
      stop: () => stopMine(session),
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
export function busyWith({ turn, queue, outbox, me }: Snapshot): 'streaming' | 'submitted' | null {
  if (me && turn?.author.id === me.id) return 'streaming'
  const waits = queue.some(({ author }) => author.id === me?.id)
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

async function stopMine(session: Session): Promise<void> {
  const { turn, me } = session.snapshot()
  if (turn && turn.author.id === me?.id) await session.cancel(turn.turnId)
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
