import { createHash, randomUUID } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import type { Snapshot } from '@colloquy/client'
import type { ExportAnswer } from '@colloquy/shared/answers'
import type { ModelServer } from '../kit/model-server.ts'
import type { ServerProcess } from '../kit/process.ts'
import type { ToolServer } from '../kit/tool-server.ts'
import { asServed, transcript, until } from '../kit/until.ts'
import { Asker } from './asker.ts'
import { problems } from './verdict.ts'

/** A session and its people, each with a client that stays open. */
export class Group {
  readonly sessionId: string
  readonly askers: readonly Asker[]
  readonly #server: ServerProcess

  private constructor(server: ServerProcess, sessionId: string, askers: readonly Asker[]) {
    this.#server = server
    this.sessionId = sessionId
    this.askers = askers
  }

  /** @param url where the clients reach the server, if not directly */
  static async gather(server: ServerProcess, people: readonly string[], url = server.url): Promise<Group> {
    const [owner = '', ...others] = people
    const made = { commandId: randomUUID(), title: `With ${owner}` }
    const { id } = await server.json(owner, 'POST', '/sessions', made)
    for (const userId of others) {
      const body = { commandId: randomUUID(), role: 'prompter' }
      await server.json(owner, 'PUT', `/sessions/${id}/members/${userId}`, body)
    }
    const askers = people.map((who) => new Asker({ url, session: id, who, token: () => server.token(who) }))
    await Promise.all(askers.map(({ client }) => client.ready))
    return new Group(server, id, askers)
  }

  /** Who has made the session. */
  get first(): Asker {
    const [asker] = this.askers
    if (!asker) throw new Error('nobody is here')
    return asker
  }

  export(): Promise<ExportAnswer> {
    return this.#server.json(this.first.who, 'GET', `/sessions/${this.sessionId}/export?format=json`)
  }

  /** What must hold once everybody is at rest, and does not. */
  async wrong(model: ModelServer, tools: ToolServer): Promise<string[]> {
    const exported = await this.export()
    const acknowledged = new Map(this.askers.flatMap((asker) => [...asker.acknowledged]))
    const misshown = this.askers.flatMap((asker) => asker.misshown)
    return [
      ...problems({ exported, acknowledged, model, tools }),
      ...(await this.#unlike(exported)),
      ...misshown,
    ]
  }

  /** What everybody sees in the end must be one thing, and the end of what the export says. */
  async #unlike({ messages }: ExportAnswer): Promise<string[]> {
    const atRest = ({ connection, queue, turn, unfinished }: Snapshot) =>
      connection.state === 'live' && queue.length === 0 && turn === null && unfinished.length === 0
    const seen = await Promise.all(this.askers.map(({ client }) => until(client, atRest)))
    const hashes = new Set(seen.map((snapshot) => hash(transcript(snapshot))))
    const shown = asServed(seen[0]?.messages ?? [])
    return [
      ...(hashes.size === 1 ? [] : [`clients of one session see ${hashes.size} different things`]),
      ...(isDeepStrictEqual(shown, messages.slice(-shown.length)) ? [] : ['clients see what no export says']),
    ]
  }
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** How each turn and each call ended, for the record: `turn done`, `unsafe.add unknown`. */
export function endsOf({ turns, messages }: ExportAnswer): string[] {
  const calls = messages.flatMap(({ parts }) =>
    parts.flatMap((part) => (part.type === 'text' ? [] : [`${part.toolName} ${part.toolMetadata.outcome}`])),
  )
  return [...turns.map(({ end }) => `turn ${end}`), ...calls]
}
