import { accept } from './accept.ts'
import { answerSize } from './answer-size.ts'
import { fanout } from './fanout.ts'
import { longSession } from './long-session.ts'
import { nodes } from './nodes.ts'
import { type Figure, printTable } from './table.ts'
import { view } from './view.ts'
import { workspace } from './workspace.ts'

// `npm run bench [name …]`: prints tables. Sizes that exceed their bound fail the run; times depend on the machine.

const BENCHES: Record<string, () => Promise<Figure[]>> = {
  accept,
  fanout,
  'answer-size': answerSize,
  'long-session': longSession,
  nodes,
  view,
  workspace,
}

let passed = 0
let failed = 0
const names = process.argv.slice(2)
for (const name of names.length > 0 ? names : Object.keys(BENCHES)) {
  const figures = await BENCHES[name]?.()
  if (!figures)
    throw new Error(`no benchmark is called ${name}; there are ${Object.keys(BENCHES).join(', ')}`)
  printTable(name, figures)
  for (const { kind, value, bound } of figures) {
    if (kind !== 'size' || bound === undefined) continue
    if (value <= bound) passed++
    else failed++
  }
}
console.log(`\n${passed} passed, ${failed} failed`)
process.exit(failed === 0 ? 0 : 1)
