import type { ToolInfo, WorkspaceInfo } from '@colloquy/client/team'

export interface ServerTools {
  /** All that the server has, then those that were pinned and are away. */
  tools: readonly ServerTool[]
  /** The names that turns offer; null: all that the server has, also later. */
  pinned: readonly string[] | null
}

export interface ServerTool extends Omit<ToolInfo, 'effect'> {
  /** Absent: the server that has it cannot be asked now. */
  effect?: ToolInfo['effect']
}

/** The tools as an admin is told of them. */
export function serverTools({ allTools = [], pinned = null }: WorkspaceInfo): ServerTools {
  const known = new Set(allTools.map(({ name }) => name))
  const away = (pinned ?? []).filter((name) => !known.has(name))
  return { tools: [...allTools, ...away.map((name) => ({ name, description: '' }))], pinned }
}

export function isOffered({ pinned }: ServerTools, name: string): boolean {
  return pinned === null || pinned.includes(name)
}

/** The names to be offered with this tool, or without it. */
export function pinnedWith({ tools, pinned }: ServerTools, name: string, offered: boolean): string[] {
  const now = pinned ?? tools.map((tool) => tool.name)
  const rest = now.filter((each) => each !== name)
  return offered ? [...rest, name] : rest
}
