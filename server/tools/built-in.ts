/** The names of the tools that every server has; no setting may give one of them to another tool. */
export const BUILT_IN_TOOLS: readonly string[] = [
  'notes.append',
  'notes.read',
  'resource.read',
  'resource.search',
  'web.fetch',
]
