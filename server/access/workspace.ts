import { ColloquyError } from '@colloquy/shared'
import type { Clock } from '../clock.ts'
import type { Fingerprint } from './fingerprint.ts'
import type { Principal } from './principal.ts'
import type { WorkspaceStream } from './workspace-stream.ts'

/** What an admin may set of the workspace. */
export interface WorkspaceSettings {
  name: string
  /** What every turn tells the model about this team. */
  systemText: string
  /** The names of the tools that turns offer; absent or null: all that the server has. */
  tools?: readonly string[] | null | undefined
}

/** The workspace itself, as its stream tells. */
export interface Workspace {
  settings(): WorkspaceSettings
  /** The `systemText` that turns claimed from now on get. */
  teamText(): string
  /** Of all that the server has, the tools that turns offer now. */
  offeredTools<T extends { name: string }>(all: readonly T[]): T[]
  /**
   * Sets what is given and leaves the rest; acts once for each (person, commandId).
   * @throws ColloquyError `FORBIDDEN` to all but admins, `COMMAND_REUSED`, `STORE_UNAVAILABLE`
   */
  set(actor: Principal, commandId: string, given: GivenSettings): Promise<WorkspaceSettings>
}

type GivenSettings = { [K in keyof WorkspaceSettings]?: WorkspaceSettings[K] | undefined }

export function createWorkspace(stream: WorkspaceStream, clock: Clock, fingerprint: Fingerprint): Workspace {
  const settings = () => settingsOf(stream.state)
  return {
    settings,
    teamText: () => stream.state.systemText,
    offeredTools: (all) => offeredOf(stream.state, all),
    async set({ userId, admin }, commandId, given) {
      if (!admin) throw new ColloquyError('FORBIDDEN', 'Only an admin of the workspace may change it.')
      const command = { userId, commandId, hash: fingerprint(said(given)) }
      const result = await stream.change((before) => {
        const result = settingsOf({ ...before, ...definedOf(given) })
        return { events: [{ type: 'workspace.changed', at: clock.now(), ...result, by: userId }], result }
      }, command)
      return result as WorkspaceSettings
    },
  }
}

/** Of all that the server has, what the settings offer: in the order of names, the same for every person. */
export function offeredOf<T extends { name: string }>(
  { tools }: Pick<WorkspaceSettings, 'tools'>,
  all: readonly T[],
): T[] {
  const offered = tools ? all.filter(({ name }) => tools.includes(name)) : [...all]
  return offered.sort(byName)
}

function settingsOf({ name, systemText, tools }: WorkspaceSettings) {
  return { name, systemText, ...(tools ? { tools: [...tools] } : {}) }
}

/** What is given, without the fields that are only named. */
function definedOf(given: GivenSettings): Partial<WorkspaceSettings> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

/** By code units: the order is the same on every machine. */
function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1
}

/** What a command said, in one order of fields. */
function said({ name, systemText, tools }: GivenSettings): GivenSettings {
  return { name, systemText, tools }
}
