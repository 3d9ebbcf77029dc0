import type { ModelPart, ModelPort } from '../../server/model/port.ts'
import type { Tool } from '../../server/tools/tool.ts'
import type { Toolbox } from '../../server/tools/toolbox.ts'
import type { Faults, World } from './world.ts'

// Faults that servers of this kind have had, each so small that only a comparison of whole runs shows it.

/** Every lane draws its random numbers from one source: how often one draws shifts what the others get. */
export const sharedRandom: Faults = { random: (keyed) => () => keyed.random('all') }

/** Who may see a call is decided by what it found, and not by what it might consult. */
export const resultDependentNarrowing: Faults = {
  tools: (tools, world) =>
    tools.map((tool) =>
      tool.name === 'vault.read'
        ? withAudience(tool, (args, decide) => {
            const { id } = args as { id: string }
            const text = world.vaults.get(id)?.text ?? ''
            return text.length > 100 ? decide() : 'everyone'
          })
        : tool,
    ),
}

/** How well a text answers depends on how rare its words are, and hidden texts count. */
export const corpusStatistics: Faults = {
  tools: (tools, world) =>
    tools.map((tool) => (tool.name === 'resource.search' ? weighed(tool, world) : tool)),
}

/** Tokens that a provider had in its cache are not counted; private calls share the cache. */
export const cacheCounts: Faults = { model: (model) => cached(model) }

/** The tool for reading says what there is to read. */
export const privateNameInSchema: Faults = { toolbox: (toolbox, world) => naming(toolbox, world) }

type Decide = () => ReturnType<Tool['audience']>

function withAudience(tool: Tool, audience: (args: unknown, decide: Decide) => ReturnType<Decide>): Tool {
  return { ...tool, audience: (args, asker) => audience(args, () => tool.audience(args, asker)) }
}

function weighed(tool: Tool, world: World): Tool {
  return {
    ...tool,
    async run(args, call) {
      const { query } = args as { query: string }
      const found = (await tool.run(args, call)) as { results: { title: string; snippet: string }[] }
      const all = [...world.workspace.resources.values()].map(({ cell }) => world.textOf(cell))
      const rarity = (word: string) =>
        Math.log(1 + all.length / (1 + all.filter((text) => text.includes(word)).length))
      const weight = ({ title, snippet }: { title: string; snippet: string }) =>
        query
          .split(' ')
          .filter((word) => `${title} ${snippet}`.toLowerCase().includes(word))
          .reduce((sum, word) => sum + rarity(word), 0)
      const results = found.results.map((each) => ({ ...each, weight: weight(each) }))
      return { ...found, results: results.sort((a, b) => b.weight - a.weight) }
    },
  }
}

/** A cache of prefixes that holds the calls heard last. */
function cached(model: ModelPort): ModelPort {
  const heard: string[] = []
  return {
    ...model,
    async *stream(call, signal) {
      const json = JSON.stringify(call.messages)
      const known = Math.max(0, ...heard.map((other) => commonPrefix(other, json)))
      heard.push(json)
      if (heard.length > 4) heard.shift()
      for await (const part of model.stream(call, signal)) yield lessCached(part, known >> 2)
    },
  }
}

function lessCached(part: ModelPart, known: number): ModelPart {
  if (part.type !== 'finish' || !part.usage) return part
  const { inputTokens = 0 } = part.usage
  return { ...part, usage: { ...part.usage, inputTokens: Math.max(0, inputTokens - known) } }
}

function commonPrefix(a: string, b: string): number {
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  return at
}

function naming(toolbox: Toolbox, world: World): Toolbox {
  return {
    ...toolbox,
    definitions: () => {
      const titles = [...world.workspace.resources.values()].map(({ title }) => title)
      const named = `Reads one of: ${titles.join(', ')}.`
      return toolbox
        .definitions()
        .map((tool) => (tool.name === 'resource.read' ? { ...tool, description: named } : tool))
    },
  }
}
