import { comparable, type Fact, Facts, type Source } from './fact.ts'

/** Characters of a text that are kept: one this long is no value, and is reported as what it is. */
const LINE_LENGTH = 5_000

/** What a text says in lines such as `Price: 12 €`. */
export function textFacts(lines: readonly string[]): readonly Fact[] {
  const facts = new Facts()
  addLabelled(facts, lines)
  return facts.all
}

const LABELLED = /^([^:\uff1a]{1,80})[:\uff1a](.*)$/s

export function addLabelled(facts: Facts, lines: readonly string[]): void {
  for (const line of lines) {
    const [, label = '', value = ''] = LABELLED.exec(line.trim()) ?? []
    if (!value.startsWith('//')) addLine(facts, 'text', label, value) // `https://…` is no label.
  }
}

export function addLine(facts: Facts, source: Source, label: string, value: string): void {
  const line = value.replace(/\s+/g, ' ').trim().slice(0, LINE_LENGTH)
  if (line !== '') facts.add(source, [comparable(label)], line)
}
