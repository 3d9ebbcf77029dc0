import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { ExportAnswer, MessagesAnswer, PromptStateAnswer } from '@colloquy/shared/answers'
import { MAIN_LANE } from '@colloquy/shared/audience'
import type { ServerProcess } from '../kit/process.ts'
import type { Round } from './rounds.ts'

const LOOK_MS = 15
/** A server that does not answer has ended by then, or never will. */
const GONE_MS = 5_000

/** People who go through their rounds whatever happens to the server: what got no answer is sent again. */
export class ScriptedSession {
  id = ''
  /** Ids of the prompts that were acknowledged, by round. */
  readonly prompts = new Map<string, string>()
  /** The round that was asked last. */
  current = '(setup)'
  readonly #server: ServerProcess
  readonly #crashed: () => Promise<void>

  /** @param crashed the server has ended: to be resolved once another one runs */
  constructor(server: ServerProcess, crashed: () => Promise<void>) {
    this.#server = server
    this.#crashed = crashed
  }

  /** A session of ana's with bo, and cy who reads. */
  async begin(): Promise<void> {
    const made = await this.#ask('ana', 'POST', '/sessions', { commandId: randomUUID(), title: 'Scripted' })
    this.id = (made as { id: string }).id
    for (const [userId, role] of [
      ['bo', 'prompter'],
      ['cy', 'viewer'],
    ]) {
      await this.#ask('ana', 'PUT', `/sessions/${this.id}/members/${userId}`, {
        commandId: randomUUID(),
        role,
      })
    }
    for (const userId of ['bo', 'cy']) await this.#ask(userId, 'GET', '/me')
  }

  async play(round: Round): Promise<void> {
    const promptId = await this.submit(round)
    await this.#ended(round, promptId)
  }

  async submit({ id, by, prompt: text }: Round): Promise<string> {
    this.current = id
    const body = { commandId: randomUUID(), text }
    const answer = await this.#ask(by, 'POST', `/sessions/${this.id}/prompts`, body)
    const { promptId } = answer as { promptId: string }
    this.prompts.set(id, promptId)
    return promptId
  }

  async export(): Promise<ExportAnswer> {
    return (await this.#ask('cy', 'GET', `/sessions/${this.id}/export?format=json`)) as ExportAnswer
  }

  /** Allows what the turn asks for, and resolves when it has ended. */
  async #ended({ id, by, meanwhile }: Round, promptId: string): Promise<void> {
    let before = meanwhile
    for (;;) {
      const path = `/sessions/${this.id}/prompts/${promptId}`
      const prompt = (await this.#ask(by, 'GET', path)) as PromptStateAnswer
      if (prompt.state === 'ended') return
      const asked = await this.#consentAsked(promptId)
      if (asked && before) {
        await this.play(before)
        before = undefined
        this.current = id
      } else if (asked) await this.#allow(by, asked)
      await sleep(LOOK_MS)
    }
  }

  async #consentAsked(promptId: string) {
    const path = `/sessions/${this.id}/lanes/${MAIN_LANE}/messages`
    const { messages } = (await this.#ask('cy', 'GET', path)) as MessagesAnswer
    const message = messages.findLast(({ role, metadata }) => {
      return role === 'assistant' && metadata.promptId === promptId
    })
    const part = message?.parts.find((each) => 'state' in each && each.state === 'approval-requested')
    if (!message || !part || part.type !== 'dynamic-tool') return undefined
    const { toolCallId: callId, toolMetadata } = part
    return { turnId: message.metadata.turnId, callId, argsHash: toolMetadata.argsHash }
  }

  async #allow(by: string, call: { turnId: string; callId: string; argsHash: string }): Promise<void> {
    const path = `/sessions/${this.id}/turns/${call.turnId}/approvals/${call.callId}`
    const body = { commandId: randomUUID(), decision: 'allow', argsHash: call.argsHash }
    await this.#ask(by, 'POST', path, body)
  }

  /** Asks until there is an answer, with the same body and so the same command. */
  async #ask(userId: string, method: string, path: string, body?: object): Promise<unknown> {
    for (;;) {
      try {
        return await this.#server.json(userId, method, path, body)
      } catch (error) {
        // To try again is what a 503 asks for.
        if (/: 503 /.test(String(error))) await sleep(LOOK_MS)
        // What fetch throws when there is no answer; a refusal is another error.
        else if (!(error instanceof TypeError)) throw error
        else await this.#afterCrash(error)
      }
    }
  }

  async #afterCrash(error: unknown): Promise<void> {
    const late = sleep(GONE_MS).then(() => Promise.reject(new Error('no answer', { cause: error })))
    await Promise.race([this.#server.gone, late])
    await this.#crashed()
  }
}
