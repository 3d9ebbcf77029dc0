import type { Audience } from '@colloquy/shared'
import { z } from 'zod'
import type { CallContext, Tool } from '../../server/tools/tool.ts'

/** A tool whose every run is recorded. */
export class CountingTool implements Tool {
  readonly name: string
  readonly description = 'Counts.'
  readonly input: z.ZodType
  readonly effect: Tool['effect']
  readonly replay: Tool['replay']
  readonly approver?: NonNullable<Tool['approver']>
  readonly timeout?: number
  output?: z.ZodType
  readonly runs: { key: string; args: unknown }[] = []
  answer: (args: unknown, call: CallContext) => Promise<unknown> = async () => ({ ok: true })
  probe?: NonNullable<Tool['probe']>

  constructor(name: string, parts: Pick<Tool, 'effect' | 'replay'> & Partial<Tool>) {
    this.name = name
    this.input = parts.input ?? z.strictObject({ n: z.number().optional(), text: z.string().optional() })
    this.effect = parts.effect
    this.replay = parts.replay
    if (parts.approver) this.approver = parts.approver
    if (parts.timeout !== undefined) this.timeout = parts.timeout
    if (parts.probe) this.probe = parts.probe
    if (parts.output) this.output = parts.output
  }

  /** What calls may consult. */
  readers: Audience = 'everyone'

  audience(): Audience {
    return this.readers
  }

  run(args: unknown, call: CallContext): Promise<unknown> {
    this.runs.push({ key: call.key, args })
    return this.answer(args, call)
  }

  /** How many different keys it was run with, and how often in all. */
  get keys(): number {
    return new Set(this.runs.map(({ key }) => key)).size
  }
}
