import { ColloquyError, setOf } from '@colloquy/shared'
import type { GrantAnswer } from '@colloquy/shared/answers'
import type { Clock } from '../clock.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Principal } from './principal.ts'
import type { Grant, Grantees } from './workspace-state.ts'
import type { WorkspaceStream } from './workspace-stream.ts'

/** Who may use the workspace's tools, and who may allow their calls, as admins say. */
export interface Grants {
  /** Those that admins ever set, by tool. @throws ColloquyError `FORBIDDEN` to all but admins, `STORE_UNAVAILABLE` */
  list(actor: Principal): Promise<GrantAnswer[]>
  /** True when somebody has set one of this tool. */
  has(tool: string): boolean
  /**
   * Who is named need not have signed in yet, and is looked up at each call. Acts once for each (person, commandId).
   * @throws ColloquyError `FORBIDDEN` to all but admins, `COMMAND_REUSED`, `STORE_UNAVAILABLE`
   */
  set(actor: Principal, commandId: string, tool: string, grant: Grant): Promise<GrantAnswer>
}

export function createGrants(stream: WorkspaceStream, clock: Clock, fingerprint: Fingerprint): Grants {
  return {
    has: (tool) => stream.state.grants.has(tool),
    async list(actor) {
      refuseOthers(actor)
      const { grants } = await stream.current()
      return [...grants]
        .map(([tool, grant]) => answerOf(tool, grant))
        .sort((a, b) => (a.tool < b.tool ? -1 : 1))
    },
    async set(actor, commandId, tool, grant) {
      refuseOthers(actor)
      const { userId } = actor
      const result = answerOf(tool, grant)
      const event = { type: 'grant.changed' as const, at: clock.now(), ...result, by: userId }
      const command = { userId, commandId, hash: fingerprint(result) }
      return (await stream.change(() => ({ events: [event], result }), command)) as GrantAnswer
    },
  }
}

function refuseOthers({ admin }: Principal): void {
  if (!admin)
    throw new ColloquyError('FORBIDDEN', 'Only an admin of the workspace may say who uses its tools.')
}

function answerOf(tool: string, { use, approve }: Grant): GrantAnswer {
  return { tool, use: listOf(use), approve: listOf(approve) }
}

function listOf(grantees: Grantees): 'everyone' | string[] {
  return grantees === 'everyone' ? grantees : [...setOf(grantees)]
}
