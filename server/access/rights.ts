import { GROUP_PREFIX } from '@colloquy/shared'
import type { Grantees } from './workspace-state.ts'
import type { WorkspaceStream } from './workspace-stream.ts'

/** What the workspace says of a person's groups and tools, asked again at every step that depends on it. */
export interface Rights {
  /** The groups that the person is in now. */
  groups(userId: string): readonly string[]
  /** True when the workspace has somebody in the group. */
  knowsGroup(group: string): boolean
  /** True when turns of this person may call the tool. */
  mayUse(tool: string, userId: string): boolean
  /** True when this person may be asked for consent to the tool's calls. */
  mayApprove(tool: string, userId: string): boolean
}

/** Where nobody has set anything: no groups, and every tool for everybody. */
export const OPEN_RIGHTS: Rights = {
  groups: () => [],
  knowsGroup: () => false,
  mayUse: () => true,
  mayApprove: () => true,
}

/** Rights as the workspace's stream tells them at each call; a tool without a grant is open to everyone. */
export function createRights({ state }: Pick<WorkspaceStream, 'state'>): Rights {
  const groups = (userId: string) => state.people.get(userId)?.groups ?? []
  const holds = (grantees: Grantees = 'everyone', userId: string) =>
    grantees === 'everyone' ||
    grantees.includes(userId) ||
    groups(userId).some((group) => grantees.includes(GROUP_PREFIX + group))
  return {
    groups,
    knowsGroup: (group) => state.groups.has(group),
    mayUse: (tool, userId) => holds(state.grants.get(tool)?.use, userId),
    mayApprove: (tool, userId) => holds(state.grants.get(tool)?.approve, userId),
  }
}
