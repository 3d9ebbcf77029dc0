import { comparable, type Fact, Facts } from './fact.ts'

/** Deeper data is not looked at. */
const DEPTH = 32

/** What a JSON body says: every property of every object in it. */
export function jsonFacts(body: unknown): readonly Fact[] {
  const facts = new Facts()
  addJson(facts, 'json', body)
  return facts.all
}

/**
 * Adds the properties of a JSON value and of the objects in it; a list is no level of its own. Of JSON-LD, the
 * keywords (`@type`, `@id`) are left out, and `@value` stands for its object.
 */
export function addJson(
  facts: Facts,
  source: 'json' | 'json-ld',
  value: unknown,
  path: readonly string[] = [],
  depth = 0,
): void {
  if (depth > DEPTH) return
  if (Array.isArray(value)) {
    for (const item of value) if (typeof item === 'object') addJson(facts, source, item, path, depth + 1)
    return
  }
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (source === 'json-ld' && key.startsWith('@')) {
      if (key === '@graph') addJson(facts, source, inner, path, depth + 1)
      continue
    }
    const at = [...path, comparable(key)]
    facts.add(source, at, source === 'json-ld' ? literals(inner) : inner)
    addJson(facts, source, inner, at, depth + 1)
  }
}

function literals(value: unknown): unknown {
  return Array.isArray(value) ? value.map(literal) : literal(value)
}

function literal(value: unknown): unknown {
  return typeof value === 'object' && value !== null && '@value' in value ? value['@value'] : value
}
