import { exact, mentions } from './exact.ts'
import type { Scalar, Wanted } from './extract-schema.ts'
import { comparable, type Fact, SOURCES, type Source } from './fact.ts'

/** What a page says about the properties that were asked for; paths are joined by dots. */
export interface Extraction {
  /** What was found, in the shape of the schema. */
  readonly values: Record<string, unknown>
  readonly sources: Record<string, Source>
  readonly missing: string[]
  /** There, but not as the type that was asked for. */
  readonly drifted: { path: string; expected: string; found: string; source: Source }[]
  /** Said differently in different places. */
  readonly ambiguous: { path: string; found: { source: Source; value: string }[] }[]
}

/** Characters of a value that is reported, and of one that is taken. */
const REPORTED_LENGTH = 200
const VALUE_LENGTH = 2_000
/** Differing values that are reported of one property. */
const REPORTED = 5

/** One place's word on a property. */
interface Candidate {
  readonly source: Source
  readonly found: unknown
  /** As the type asked for; undefined when it is not exactly that. */
  readonly value: Scalar | Scalar[] | undefined
}

/** Looks each property up; nothing is guessed, and what cannot be told is reported. */
export function extract(wanted: readonly Wanted[], facts: readonly Fact[]): Extraction {
  const byName = Map.groupBy(facts, ({ path }) => path.at(-1) ?? '')
  const result: Extraction = { values: {}, sources: {}, missing: [], drifted: [], ambiguous: [] }
  for (const each of wanted) settle(each, candidates(each, byName), result)
  return result
}

/**
 * Facts about a property: their path ends in its path, or is its names written as one (`offers.price` as
 * "Offers price"). Of one source those nearest to its root count: a product's `name` is not its brand's.
 */
function candidates(wanted: Wanted, byName: ReadonlyMap<string, Fact[]>): Candidate[] {
  const path = wanted.path.map(comparable)
  const joined = path.join('')
  const ending = (byName.get(path.at(-1) ?? '') ?? []).filter((fact) => endsIn(fact.path, path))
  const named = path.length > 1 ? (byName.get(joined) ?? []) : []
  const bySource = Map.groupBy([...ending, ...named], ({ source }) => source)
  const present = SOURCES.filter((source) => bySource.has(source))
  // The title of a page often names its site too: it counts when nothing else is called a title.
  return present
    .filter((source) => source !== 'title' || present.length === 1)
    .flatMap((source) => ofSource(wanted, source, nearest(bySource.get(source) ?? [])))
}

function endsIn(path: readonly string[], end: readonly string[]): boolean {
  return end.every((name, i) => name !== '' && path[path.length - end.length + i] === name)
}

function nearest(facts: readonly Fact[]): readonly Fact[] {
  const depth = Math.min(...facts.map(({ path }) => path.length))
  return facts.filter(({ path }) => path.length === depth)
}

/** Places where one says several things by saying each; elsewhere a list is written as one. */
const REPEATING: readonly Source[] = ['json-ld', 'microdata', 'meta', 'dl']

function ofSource(wanted: Wanted, source: Source, facts: readonly Fact[]): Candidate[] {
  const values = facts.map(({ value }) => value)
  if (!REPEATING.includes(source)) return values.map((found) => candidate(wanted, source, found))
  return wanted.list
    ? [candidate(wanted, source, values.flat())]
    : values.flat().map((found) => candidate(wanted, source, found))
}

function candidate(wanted: Wanted, source: Source, found: unknown): Candidate {
  if (!wanted.list) return { source, found, value: scalar(wanted, found) }
  if (!Array.isArray(found)) return { source, found, value: undefined }
  const values = found.map((each) => scalar(wanted, each)).filter((value) => value !== undefined)
  const whole = values.length === found.length && JSON.stringify(values).length <= VALUE_LENGTH
  return { source, found, value: whole ? values : undefined }
}

function scalar({ type, oneOf }: Wanted, found: unknown): Scalar | undefined {
  const value = exact(found, type)
  if (value === undefined || String(value).length > VALUE_LENGTH) return undefined
  return oneOf === undefined || oneOf.includes(value) ? value : undefined
}

function settle(wanted: Wanted, all: readonly Candidate[], result: Extraction): void {
  const path = wanted.path.join('.')
  const [first] = all
  if (first === undefined) {
    result.missing.push(path)
    return
  }
  const sure = all.find(({ value }) => value !== undefined)
  if (sure?.value !== undefined && all.every((each) => agrees(each, sure.value))) {
    put(result.values, wanted.path, sure.value)
    result.sources[path] = sure.source
    return
  }
  const found = distinct(all)
  if (sure !== undefined || found.length > 1) result.ambiguous.push({ path, found: found.slice(0, REPORTED) })
  else {
    const { source } = first
    result.drifted.push({ path, expected: nameOf(wanted), found: reported(first.found), source })
  }
}

/** The same value; or, where one writes for people, a text that has the number in it, such as `12 €`. */
function agrees({ found, value }: Candidate, sure: Scalar | Scalar[] | undefined): boolean {
  if (value !== undefined) return same(value) === same(sure)
  return (
    typeof sure === 'number' && typeof found === 'string' && mentions(found.slice(0, REPORTED_LENGTH), sure)
  )
}

function same(value: unknown): string {
  return JSON.stringify(value).normalize('NFC').replace(/\s+/g, ' ')
}

function distinct(all: readonly Candidate[]): { source: Source; value: string }[] {
  const seen = new Map<string, { source: Source; value: string }>()
  for (const { source, found } of all) {
    const value = reported(found)
    if (!seen.has(value)) seen.set(value, { source, value })
  }
  return [...seen.values()]
}

function reported(found: unknown): string {
  const text = typeof found === 'string' ? found : (JSON.stringify(found) ?? '')
  return text.slice(0, REPORTED_LENGTH).toWellFormed()
}

function nameOf({ type, list, oneOf }: Wanted): string {
  const name = oneOf === undefined ? type : `one of ${JSON.stringify(oneOf)}`
  return list ? `list of ${name}` : name
}

function put(values: Record<string, unknown>, path: readonly string[], value: unknown): void {
  const [name = '', ...rest] = path
  if (rest.length === 0) values[name] = value
  else {
    if (!Object.hasOwn(values, name)) values[name] = {} // `constructor` is a name too.
    put(values[name] as Record<string, unknown>, rest, value)
  }
}
