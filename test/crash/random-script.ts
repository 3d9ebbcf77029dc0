import { writeScript } from '../kit/script.ts'
import { call } from './rounds.ts'

/** Something that a person may ask for, with tools or without; `id` makes it and its calls countable. */
export function randomScript(id: string, random: () => number): string {
  const words = 'word '.repeat(1 + Math.floor(random() * 15)).trim()
  const said = { say: `${id} is done: ${words}.` }
  const does = (...tools: string[]) => ({
    say: `${id} begins.`,
    calls: tools.map((tool, n) => call(tool, `${id}.${n}`)),
  })
  const kinds = [
    [said],
    [does('keyed.add'), said],
    [does('unsafe.add'), said],
    [does('safe.read'), said],
    [does('keyed.add', 'unsafe.add'), { calls: [call('safe.read', `${id}.9`)] }, said],
    [does('asked.add'), said],
  ]
  return writeScript(id, kinds[Math.floor(random() * kinds.length)] ?? [said])
}
