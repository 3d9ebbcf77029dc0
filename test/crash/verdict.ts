import type { ExportAnswer } from '@colloquy/shared/answers'
import type { ModelServer } from '../kit/model-server.ts'
import { readScript } from '../kit/script.ts'
import type { ToolServer } from '../kit/tool-server.ts'
import { shownParts } from './rounds.ts'

// What must hold after any crash, whatever it interrupted. Each check returns what is wrong, in sentences.

export interface Evidence {
  /** The session as its readers see it at the end. */
  exported: ExportAnswer
  /** Scripts by the id of their prompt, of every prompt that was acknowledged. */
  acknowledged: ReadonlyMap<string, string>
  model: ModelServer
  tools: ToolServer
}

export function problems(evidence: Evidence): string[] {
  return [
    ...endsOf(evidence),
    ...orderOf(evidence),
    ...textsOf(evidence),
    ...callsOf(evidence),
    ...stepsOf(evidence),
    ...evidence.model.strange.map((text) => `a view held half an attempt: ${text}`),
  ]
}

/** Every acknowledged prompt has exactly one turn, with exactly one end; there are no other turns. */
function endsOf({ exported, acknowledged }: Evidence): string[] {
  const wrong = [...acknowledged.keys()].flatMap((promptId) => {
    const turns = exported.turns.filter((turn) => turn.promptId === promptId)
    if (turns.length !== 1) return [`prompt ${promptId} has ${turns.length} turns`]
    return turns[0]?.end === null ? [`turn of prompt ${promptId} has no end`] : []
  })
  const strange = exported.turns.filter(({ promptId }) => !acknowledged.has(promptId))
  return [...wrong, ...strange.map(({ promptId }) => `nobody knows of prompt ${promptId}`)]
}

/** A lane counts its messages without a gap, whatever was cut in between. */
function orderOf({ exported }: Evidence): string[] {
  const gap = exported.messages.find(({ metadata }, i) => metadata.seq !== i + 1)
  return gap ? [`message ${gap.metadata.seq} is not where it belongs`] : []
}

/** What is done shows the whole script, what failed whole steps of it: never half an attempt. */
function textsOf({ exported, acknowledged }: Evidence): string[] {
  return exported.messages.flatMap(({ role, metadata, parts }) => {
    const script = acknowledged.get(metadata.promptId)
    if (role !== 'assistant' || script === undefined) return []
    const expected = shownParts(readScript(script))
    const shown = parts.map((part) =>
      part.type === 'text'
        ? `says ${part.text}`
        : `calls ${part.toolName} ${(part.input as { id?: string } | null)?.id}`,
    )
    const whole = metadata.status === 'done' ? expected : expected.slice(0, shown.length)
    if (JSON.stringify(shown) === JSON.stringify(whole)) return []
    return [`${metadata.status} answer shows ${JSON.stringify(shown)} and not ${JSON.stringify(whole)}`]
  })
}

/** Each call has an end that agrees with what happened in the world, and nothing happened twice. */
function callsOf({ exported, tools }: Evidence): string[] {
  return exported.messages.flatMap(({ parts }) =>
    parts.flatMap((part) => {
      if (part.type !== 'dynamic-tool') return []
      const { toolName: tool, input, toolMetadata } = part
      const { id } = input as { id: string }
      const { outcome } = toolMetadata
      const requests = tools.requests(tool).filter(({ args }) => args.id === id)
      const effects = tools.effects(tool).filter(({ args }) => args.id === id).length
      const keys = new Set(requests.map(({ key }) => key)).size
      const wrong: string[] = []
      const safe = tool.startsWith('safe')
      if (outcome === undefined) wrong.push('has no end')
      if (keys > 1) wrong.push(`was sent with ${keys} keys`)
      if (!safe && effects > 1) wrong.push(`happened ${effects} times`)
      if (tool.includes('unsafe') && requests.length > 1) wrong.push(`was sent ${requests.length} times`)
      if (outcome === 'ok' && effects === 0) wrong.push('is ok and did not happen')
      if (outcome === 'denied' && effects > 0) wrong.push('was denied and happened')
      return wrong.map((what) => `call ${tool} ${id} (${outcome}) ${what}`)
    }),
  )
}

/** A model that was asked for a step is never asked for an earlier one again: that was committed. */
function stepsOf({ model, acknowledged }: Evidence): string[] {
  return [...acknowledged.values()].flatMap((prompt) => {
    const { id } = readScript(prompt)
    const steps = model.asked(id).map(({ step }) => step)
    const back = steps.filter((step, n) => step < (steps[n - 1] ?? 1))
    return back.length === 0 ? [] : [`${id} asked the model for steps ${steps.join(' ')}`]
  })
}
