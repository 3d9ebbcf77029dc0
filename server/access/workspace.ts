import { createHash } from 'node:crypto'
import { ColloquyError } from '@colloquy/shared'
import type { Clock } from '../clock.ts'
import type { Principal } from './principal.ts'
import type { WorkspaceStream } from './workspace-stream.ts'

/** What an admin may set of the workspace. */
export interface WorkspaceSettings {
  name: string
  /** What every turn tells the model about this team. */
  systemText: string
}

/** The workspace itself, as its stream tells. */
export interface Workspace {
  settings(): WorkspaceSettings
  /** The `systemText` that turns claimed from now on get. */
  teamText(): string
  /**
   * Sets what is given and leaves the rest; acts once for each (person, commandId).
   * @throws ColloquyError `FORBIDDEN` to all but admins, `COMMAND_REUSED`, `STORE_UNAVAILABLE`
   */
  set(actor: Principal, commandId: string, given: GivenSettings): Promise<WorkspaceSettings>
}

type GivenSettings = { [K in keyof WorkspaceSettings]?: WorkspaceSettings[K] | undefined }

export function createWorkspace(stream: WorkspaceStream, clock: Clock): Workspace {
  const settings = () => ({ name: stream.state.name, systemText: stream.state.systemText })
  return {
    settings,
    teamText: () => stream.state.systemText,
    async set({ userId, admin }, commandId, given) {
      if (!admin) throw new ColloquyError('FORBIDDEN', 'Only an admin of the workspace may change it.')
      const command = { userId, commandId, hash: hashOf(given) }
      const result = await stream.change((before) => {
        const { name = before.name, systemText = before.systemText } = given
        return {
          events: [{ type: 'workspace.changed', at: clock.now(), name, systemText, by: userId }],
          result: { name, systemText },
        }
      }, command)
      return result as WorkspaceSettings
    },
  }
}

function hashOf({ name, systemText }: GivenSettings): string {
  return createHash('sha256').update(JSON.stringify({ name, systemText })).digest('base64url')
}
