import { createHash } from 'node:crypto'

/** How one request spells the names of tools. */
export interface ToolNames {
  /** As the provider is told it: letters, digits, `_` and `-`, at most 64. */
  wire(name: string): string
  /** As we know it. What the provider was not told stays as it is: the turn loop refuses it. */
  own(wire: string): string
}

/**
 * Spells names one to one so that every provider takes them. The same names are spelled the same in whatever
 * order they come, which keeps a provider's prompt cache; how `offered` ones are spelled does not depend on
 * `called`, the names that only stand in earlier calls.
 */
export function spellTools(offered: readonly string[], called: readonly string[] = []): ToolNames {
  const wires = new Map<string, string>()
  const owns = new Map<string, string>()
  for (const name of [...inOrder(offered), ...inOrder(called)]) {
    if (wires.has(name)) continue
    for (let round = 0; !wires.has(name); round++) {
      const wire = spelling(name, round)
      if (!isValid(wire) || owns.has(wire)) continue
      wires.set(name, wire)
      owns.set(wire, name)
    }
  }
  return { wire: (name) => wires.get(name) ?? name, own: (wire) => owns.get(wire) ?? wire }
}

/** Names that need no other spelling keep theirs; the others make way. */
function inOrder(names: readonly string[]): string[] {
  const sorted = [...names].sort()
  return [...sorted.filter(isValid), ...sorted.filter((name) => !isValid(name))]
}

function isValid(name: string): boolean {
  return /^[\w-]{1,64}$/.test(name)
}

/** Readable first; where that will not do, with digits that no other name has. */
function spelling(name: string, round: number): string {
  const readable = name.replace(/[^\w-]/g, '_')
  if (round === 0) return readable
  const digest = createHash('sha256').update(`${round} ${name}`).digest('hex').slice(0, 8)
  return `${readable.slice(0, 55)}_${digest}`
}
