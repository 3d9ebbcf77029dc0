import type { ModelTool } from '../model/port.ts'
import { writeJsonSchema } from './json-schema.ts'
import type { Tool } from './tool.ts'

/** The tools that turns offer now: the workspace's pin, the same for every person. */
export interface Toolbox {
  /** As offered to the model, in the pin's order. */
  definitions(): readonly ModelTool[]
  find(name: string): Tool | undefined
}

/** @param offered the pinned tools, asked again for each step */
export function createToolbox(offered: () => readonly Tool[]): Toolbox {
  const known = new WeakMap<Tool, ModelTool>()
  const define = (tool: Tool): ModelTool => {
    const before = known.get(tool)
    if (before) return before
    const definition = { name: tool.name, description: tool.description, input: writeJsonSchema(tool.input) }
    known.set(tool, definition)
    return definition
  }
  return {
    definitions: () => offered().map(define),
    find: (name) => offered().find((tool) => tool.name === name),
  }
}

/** Where there are none. */
export const NO_TOOLS: Toolbox = { definitions: () => [], find: () => undefined }
