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
