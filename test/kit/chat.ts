import { z } from 'zod'
import { readScript, type Script } from './script.ts'

const content = z.union([z.string(), z.array(z.object({ type: z.literal('text'), text: z.string() }))])
const message = z.discriminatedUnion('role', [
  z.object({ role: z.literal('system'), content }),
  z.object({ role: z.literal('user'), content }),
  z.object({
    role: z.literal('assistant'),
    content: content.nullish(),
    tool_calls: z.array(z.unknown()).optional(),
  }),
  z.object({ role: z.literal('tool'), content, tool_call_id: z.string() }),
])
const completionRequest = z.object({
  messages: z.array(message),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).optional(),
})

/** What a chat completion request asks of a scripted model. */
export interface Chat {
  /** What the last person to speak wants done. */
  script: Script
  /** From 1: how often the assistant has called something since. */
  step: number
  /** What became of those calls. */
  results: string[]
  /** What the assistant is said to have said, and no script of this view has it say. */
  strange: string[]
  /** A tool's name as it stands in the request, where not every character may. */
  toolName(tool: string): string
}

/** @throws when it is no chat completion request */
export function readChat(body: unknown): Chat {
  const { messages, tools = [] } = completionRequest.parse(body)
  const people = messages.map((each) => (each.role === 'user' ? spoken(each.content) : null))
  const asked = people.findLastIndex((words) => words !== null)
  const scripts = people.flatMap((words) => (words === null ? [] : [readScript(words)]))
  const known = new Set(scripts.flatMap(({ steps }) => steps.map(({ text }) => text)))
  const said = messages.flatMap((each) => (each.role === 'assistant' ? [plain(each.content)] : []))
  const since = messages.slice(asked + 1)
  const script = scripts.at(-1)
  if (!script) throw new Error('nobody has spoken')
  return {
    script,
    step: 1 + since.filter((each) => each.role === 'assistant' && each.tool_calls?.length).length,
    results: since.flatMap((each) => (each.role === 'tool' ? [plain(each.content)] : [])),
    strange: said.filter((text) => text !== '' && !known.has(text)),
    toolName: (tool) => {
      const wire = tool.replaceAll(/[^A-Za-z0-9_-]/g, '_')
      const names = tools.map((each) => each.function.name)
      return names.find((name) => name === wire) ?? names.find((name) => name.startsWith(wire)) ?? tool
    },
  }
}

function plain(text: z.infer<typeof content> | null | undefined): string {
  return typeof text === 'string' ? text : (text ?? []).map((part) => part.text).join('')
}

/** A person's words, out of the element that `encodeSpeaker` puts around them; null where nobody speaks, as in a summary. */
function spoken(text: z.infer<typeof content>): string | null {
  const [, body] = /^<from [^>]*>(.*)<\/from>$/s.exec(plain(text)) ?? []
  return body?.replaceAll('&lt;', '<').replaceAll('&amp;', '&') ?? null
}
