import { setTimeout as sleep } from 'node:timers/promises'
import { type CallRef, ColloquyError, connect, type Message, type Session } from '@colloquy/client'
import { onTestFinished } from 'vitest'
import { IMPATIENT } from './impatient.ts'
import { watch } from './watch.ts'

interface AskerOptions {
  url: string
  session: string
  who: string
  token: () => Promise<string>
}

/** Somebody with the session open, who asks and allows what is theirs to allow. */
export class Asker {
  readonly who: string
  readonly client: Session
  /** Scripts by the id of their prompt: what the server has said that it keeps. */
  readonly acknowledged = new Map<string, string>()
  /** What this person was shown and should not have been. */
  readonly misshown: readonly string[]
  /** Those that have not ended, as far as this person knows. */
  readonly waitsFor = new Set<string>()
  readonly #allowed = new Set<string>()

  constructor({ url, session, who, token }: AskerOptions) {
    this.who = who
    this.client = connect({ url, session, auth: token, random: () => 0, clock: IMPATIENT })
    onTestFinished(() => this.client.close())
    this.misshown = watch(this.client)
    this.client.subscribe(({ unfinished }) => {
      for (const message of unfinished) if (message.metadata.author.id === who) this.#allow(message)
    })
  }

  /** Resolves when the turn has ended. */
  async ask(script: string): Promise<void> {
    const { promptId, finished } = await this.client.prompt(script)
    this.acknowledged.set(promptId, script)
    this.waitsFor.add(promptId)
    await finished
    this.waitsFor.delete(promptId)
  }

  #allow({ metadata: { turnId }, parts }: Message): void {
    for (const part of parts) {
      if (part.type === 'text' || part.state !== 'approval-requested') continue
      const { toolCallId: callId, toolMetadata } = part
      if (this.#allowed.has(callId)) continue
      this.#allowed.add(callId)
      void this.#consent({ turnId, callId, argsHash: toolMetadata.argsHash })
    }
  }

  /** Until the server has heard it, or says that it needs it no more. */
  async #consent(call: CallRef): Promise<void> {
    for (;;) {
      try {
        return await this.client.allowCall(call)
      } catch (error) {
        const later = error instanceof ColloquyError && (error.code === 'OFFLINE' || error.status >= 500)
        if (!later) return
        await sleep(100)
      }
    }
  }
}
