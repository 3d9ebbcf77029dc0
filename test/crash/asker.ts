import { setTimeout as sleep } from 'node:timers/promises'
import { connect, type Message, type Session } from '@colloquy/client'
import { onTestFinished } from 'vitest'
import type { ServerProcess } from '../kit/process.ts'
import { writeScript } from '../kit/script.ts'
import { call } from './rounds.ts'

/** Somebody with the session open who asks for one thing after the other, and allows what is theirs to allow. */
export class Asker {
  readonly client: Session
  /** Scripts by the id of their prompt: what the server has said that it keeps. */
  readonly acknowledged = new Map<string, string>()
  readonly who: string
  readonly #random: () => number
  readonly #allowed = new Set<string>()

  constructor(server: ServerProcess, session: string, who: string, random: () => number) {
    this.who = who
    this.#random = random
    const auth = () => server.token(who)
    // Who comes back does so at once: a server that is killed every second would see nobody otherwise.
    this.client = connect({ url: server.url, session, auth, random: () => 0 })
    onTestFinished(() => this.client.close())
    this.client.subscribe(({ unfinished }) => {
      for (const message of unfinished) if (message.metadata.author.id === who) this.#allow(message)
    })
  }

  /** Asks until `enough`, each thing when the one before it has ended. */
  async ask(enough: () => boolean): Promise<void> {
    for (let n = 0; !enough(); n++) {
      const script = this.#script(`${this.who}-${n}`)
      const { promptId, finished } = await this.client.prompt(script)
      this.acknowledged.set(promptId, script)
      await finished
    }
  }

  #script(id: string): string {
    const words = 'word '.repeat(1 + Math.floor(this.#random() * 30))
    const said = { say: `${id} is done: ${words.trim()}.` }
    const does = (...tools: string[]) => ({
      say: `${id} begins.`,
      calls: tools.map((tool, n) => call(tool, `${id}.${n}`)),
    })
    const kinds = [
      [said],
      [does('keyed.add'), said],
      [does('unsafe.add'), said],
      [does('safe.read'), said],
      [does('keyed.add', 'unsafe.add'), { calls: [call('safe.read', `${id}.9`)] }, said],
      [does('asked.add'), said],
    ]
    return writeScript(id, kinds[Math.floor(this.#random() * kinds.length)] ?? [said])
  }

  #allow({ metadata: { turnId }, parts }: Message): void {
    for (const part of parts) {
      if (part.type === 'text' || part.state !== 'approval-requested') continue
      const { toolCallId: callId, toolMetadata } = part
      if (this.#allowed.has(callId)) continue
      this.#allowed.add(callId)
      this.#consent({ turnId, callId, argsHash: toolMetadata.argsHash })
    }
  }

  /** Until the server has heard it, or says that it needs it no more. */
  async #consent(ref: { turnId: string; callId: string; argsHash: string }): Promise<void> {
    for (;;) {
      try {
        return await this.client.allowCall(ref)
      } catch (error) {
        const { code } = error as { code?: string }
        if (code !== 'OFFLINE') return
        await sleep(100)
      }
    }
  }
}
