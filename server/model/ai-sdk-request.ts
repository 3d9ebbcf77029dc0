import type { AssistantModelMessage, ModelMessage as SdkMessage, ToolModelMessage, ToolSet } from 'ai'
import type { ModelCall, ModelMessage, ModelTool, ModelToolResult } from './port.ts'
import { encodeContext, encodeSpeaker, SPEAKER_RULE } from './speaker.ts'
import { spellTools, type ToolNames } from './tool-names.ts'

/** A call in the words of the AI SDK, but for its tools: those need its code, which is loaded late. */
export interface SdkRequest {
  instructions: string
  messages: SdkMessage[]
  /** Named as the provider is told them. */
  tools: ModelTool[]
  names: ToolNames
}

export function sdkRequest({ system, messages, tools }: ModelCall): SdkRequest {
  const called = messages.flatMap((message) =>
    message.role === 'assistant' ? (message.calls ?? []).map(({ tool }) => tool) : [],
  )
  const names = spellTools(
    tools.map(({ name }) => name),
    called,
  )
  const declared = tools.length > 0 ? tools : [...new Set(called)].map(withdrawn)
  return {
    instructions: `${system}\n\n${SPEAKER_RULE}`.trim(),
    messages: messages.flatMap((message, at) => sdkMessages(message, messages[at + 1], names)),
    tools: declared.map((tool) => ({ ...tool, name: names.wire(tool.name) })),
    names,
  }
}

/** Wraps what `tools` describes for the SDK; none has an executor. */
export function sdkTools(
  sdk: Pick<typeof import('ai'), 'dynamicTool' | 'jsonSchema'>,
  tools: ModelTool[],
): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, input }) => [
      name,
      sdk.dynamicTool({ description, inputSchema: sdk.jsonSchema(input) }),
    ]),
  )
}

/** Where calls stand in a conversation, providers want tools declared, even when none is offered any more. */
function withdrawn(name: string): ModelTool {
  return {
    name,
    description: 'No longer offered: do not call it.',
    input: { type: 'object', properties: {} },
  }
}

function sdkMessages(message: ModelMessage, next: ModelMessage | undefined, names: ToolNames): SdkMessage[] {
  switch (message.role) {
    case 'user':
      return [{ role: 'user', content: encodeSpeaker(message.from, message.text, message.gaps) }]
    case 'context':
      return [{ role: 'user', content: encodeContext(message) }]
    case 'assistant':
      return stepMessages(message, next?.role === 'tool' ? next.results : [], names)
    case 'tool':
      // Goes with the step that called: a result without its call would be refused.
      return []
  }
}

/** One step and, where it called, a result for each call: providers refuse calls that stay without one. */
function stepMessages(
  { text, calls = [] }: Extract<ModelMessage, { role: 'assistant' }>,
  results: readonly ModelToolResult[],
  names: ToolNames,
): (AssistantModelMessage | ToolModelMessage)[] {
  // Providers refuse empty text, and an empty answer says nothing.
  const said = text.trim() === '' ? [] : [{ type: 'text' as const, text }]
  if (calls.length === 0) return said.length > 0 ? [{ role: 'assistant', content: said }] : []
  const named = calls.map(({ callId, tool, args }) => ({
    input: asObject(args),
    call: { toolCallId: callId, toolName: names.wire(tool) },
    result: results.find((result) => result.callId === callId),
  }))
  return [
    {
      role: 'assistant',
      content: [...said, ...named.map(({ call, input }) => ({ type: 'tool-call' as const, ...call, input }))],
    },
    {
      role: 'tool',
      content: named.map(({ call, result }) => ({ type: 'tool-result', ...call, output: outputOf(result) })),
    },
  ]
}

/** Anthropic, and templates of local models, take nothing but an object; a model may have called with anything. */
function asObject(args: unknown): unknown {
  const isObject = typeof args === 'object' && args !== null && !Array.isArray(args)
  return isObject ? args : { rawInvalidInput: args ?? null }
}

type Output = { type: 'text' | 'error-text'; value: string }

/** A result is JSON already: as text it arrives as it is. */
function outputOf(result: ModelToolResult | undefined): Output {
  if (!result) return { type: 'error-text', value: 'Nobody knows what became of this call.' }
  return { type: result.outcome === 'ok' ? 'text' : 'error-text', value: result.output }
}
