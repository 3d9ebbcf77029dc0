import { ColloquyError } from '@colloquy/shared'
import type { Principal } from '../access/principal.ts'
import type { Clock } from '../clock.ts'
import type { Journal } from '../journal/journal.ts'
import type { ModelPort } from '../model/port.ts'
import type { Command, CommandOf, CommandResult } from './api.ts'
import { order } from './arbiter.ts'
import { decide } from './decide.ts'
import type { Decision, DecisionContext } from './decision.ts'
import { fold } from './fold.ts'
import type { Ledger } from './ledger.ts'
import { NOTHING_OLDER, type Older, type OlderMessages } from './older-messages.ts'
import type { State } from './state.ts'
import { storeFailed } from './store-failed.ts'
import type { TurnRunner } from './turn-runner.ts'

interface CommandsDeps
  extends Pick<DecisionContext, 'newId' | 'fingerprint' | 'limits' | 'toolbox' | 'rights'> {
  journal: Journal
  clock: Clock
  model: ModelPort
}

/**
 * What people do in a session, each command once however often it arrives: it decides (purely), commits to the
 * ledger, and lets the turns run. Every answer waits until what it tells is durable.
 */
export class SessionCommands {
  readonly #ledger: Ledger
  readonly #turns: TurnRunner
  readonly #older: OlderMessages
  readonly #deps: CommandsDeps
  readonly #inFlight = new Map<string, { hash: string; answer: Promise<unknown> }>()

  constructor(
    { ledger, turns, older }: { ledger: Ledger; turns: TurnRunner; older: OlderMessages },
    deps: CommandsDeps,
  ) {
    this.#ledger = ledger
    this.#turns = turns
    this.#older = older
    this.#deps = deps
  }

  /** True while somebody is being answered. */
  get busy(): boolean {
    return this.#inFlight.size > 0
  }

  async execute<T extends Command['type']>(
    actor: Principal,
    commandId: string,
    command: CommandOf<T>,
  ): Promise<CommandResult[T]> {
    const key = `${actor.userId} ${commandId}`
    // A name comes from the workspace, not from the caller: it may differ when the command is repeated.
    const hash = this.#deps.fingerprint({ ...command, name: undefined })
    const running = this.#inFlight.get(key)
    if (running && running.hash !== hash) throw commandReused()
    const answer = running?.answer ?? this.#once(actor, commandId, hash, command)
    if (!running) {
      this.#inFlight.set(key, { hash, answer })
      const done = () => this.#inFlight.delete(key)
      answer.then(done, done)
    }
    return (await answer) as CommandResult[T]
  }

  /** The first time a command arrives, or a repetition after it was recorded. */
  async #once(actor: Principal, commandId: string, hash: string, command: Command): Promise<unknown> {
    const { journal } = this.#deps
    const known = await journal.command(this.#ledger.sessionId, actor.userId, commandId).catch(storeFailed)
    if (known && known.hash !== hash) throw commandReused()
    if (known) {
      await this.#ledger.settled().catch(storeFailed)
      return known.result
    }
    let older = NOTHING_OLDER
    if ('messageId' in command) {
      // What leaves the state while the journal is read would be in neither.
      do older = await this.#older.of(actor, command)
      while (!this.#older.isAll(older, command))
    }
    const decision = this.#decide(actor, command, older)
    if (decision instanceof ColloquyError) {
      // It tells of what was decided before, which may not be durable yet.
      await this.#ledger.settled().catch(storeFailed)
      throw decision
    }
    // Also one that changes nothing is recorded: whether it did is not for everybody to find out by repeating it.
    const record = { userId: actor.userId, commandId, hash, result: decision.result }
    const durable = this.#commit(decision, record)
    this.#turns.schedule()
    await durable.catch(storeFailed)
    return decision.result
  }

  /** The decision, or the refusal. Committed in the same turn of the event loop: nothing comes between. */
  #decide(actor: Principal, command: Command, { placed: older, bodies }: Older): Decision | ColloquyError {
    const { clock, newId, fingerprint, limits, model, toolbox, rights } = this.#deps
    const { state } = this.#ledger
    const said = (turnId: string) => this.#turns.said(turnId)
    const body = (cell: string) => this.#ledger.bodies.get(cell) ?? bodies.get(cell) ?? ''
    const parts = { newId, fingerprint, limits, models: model.models, toolbox, rights }
    const context = { ...parts, now: clock.now(), older, said, body }
    try {
      const decision = decide(state, actor, command, context)
      return command.type === 'prompt.submit' || command.type === 'message.regenerate'
        ? withPosition(state, decision)
        : decision
    } catch (error) {
      if (error instanceof ColloquyError) return error
      throw error
    }
  }

  #commit(
    decision: Decision,
    command: { userId: string; commandId: string; hash: string; result: unknown },
  ): Promise<void> {
    const lanes = this.#turns.lanesOfEnds(decision.events)
    const durable = this.#ledger.commit({ events: decision.events, erase: decision.erase, command })
    this.#turns.decided(lanes)
    for (const { event } of decision.events) {
      if (event.type === 'entry.retracted' || event.type === 'entry.shared')
        this.#turns.entriesChanged(event.laneId)
    }
    return durable
  }
}

/** The place of a new prompt in the order that holds once it is in it. */
function withPosition(state: State, decision: Decision): Decision {
  const result = decision.result as CommandResult['prompt.submit']
  const after = decision.events.reduce((now, { event }) => fold(now, event, 0), state)
  const lane = after.lanes[result.laneId]
  const index = lane ? order(after, lane).findIndex((prompt) => prompt.promptId === result.promptId) : 0
  return { ...decision, result: { ...result, position: index + 1 } }
}

const commandReused = () =>
  new ColloquyError('COMMAND_REUSED', 'This commandId was used with another body before.')
