import { type Audience, names } from '@colloquy/shared'
import { z } from 'zod'
import type { Clock } from '../../server/clock.ts'
import { type Tool, ToolError } from '../../server/tools/tool.ts'
import { digest } from './keyed.ts'
import { sleep } from './model.ts'

/** A text that only some may read, and how long it takes to read it. */
export interface Vault {
  audience: Audience
  text: string
}

/** Tools whose results and durations follow from their arguments and from what the call may consult. */
export function pureTools(clock: Clock, vaults: ReadonlyMap<string, Vault>): Tool[] {
  const n = z.strictObject({ n: z.number().int() })
  const open = { input: n, audience: () => 'everyone' as const }
  const answer = (name: string): Tool['run'] => {
    return async (args, { signal }) => {
      const hash = digest(name + JSON.stringify(args))
      await sleep(clock, 5 + (Number.parseInt(hash.slice(0, 4), 16) % 700), signal)
      if (hash.startsWith('0')) throw new ToolError(`It did not work: ${hash}.`)
      return { hash }
    }
  }
  return [
    { ...open, name: 'look', description: 'Looks.', effect: 'read', replay: 'safe', run: answer('look') },
    ...(['author', 'moderator'] as const).map(
      (approver): Tool => ({
        ...{ ...open, name: `ask.${approver}`, description: `Asks the ${approver}.`, effect: 'write' },
        ...{ replay: 'keyed', approver, run: answer(approver) },
      }),
    ),
    readVault(clock, vaults),
  ]
}

function readVault(clock: Clock, vaults: ReadonlyMap<string, Vault>): Tool {
  const input = z.strictObject({ id: z.string() })
  const tool: Tool<z.infer<typeof input>> = {
    ...{ name: 'vault.read', description: 'Reads a vault.', input, effect: 'read', replay: 'safe' },
    audience({ id }, { principal: { userId } }) {
      const vault = vaults.get(id)
      // Who may not read it cannot tell it from one that does not exist.
      return vault && names(vault.audience, userId) ? vault.audience : 'everyone'
    },
    async run({ id }, { principal: { userId }, signal }) {
      const vault = vaults.get(id)
      await sleep(clock, 30, signal)
      if (!vault || !names(vault.audience, userId)) throw new ToolError('There is no such vault.')
      await sleep(clock, vault.text.length / 20, signal)
      return { text: vault.text }
    },
  }
  return tool as Tool
}
