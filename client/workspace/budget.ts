import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

// Fails when the built workspace is heavier than docs promise. Sizes as they travel: gzip, of what a first visit
// loads (the entry and all that it imports statically), and of what the editor adds.

interface Chunk {
  file: string
  src?: string
  isEntry?: boolean
  imports?: string[]
  dynamicImports?: string[]
  css?: string[]
}

const DIST = fileURLToPath(new URL('../dist/workspace/', import.meta.url))
const EDITOR = 'composer/editor/shared-field.tsx'
const LIMITS = { 'first load, JS': 180, 'first load, CSS': 10, 'shared editor, lazy JS': 95 } as const

/** `npm start` builds first, and what it prints after that is what people should read. */
const QUIET = process.env.npm_config_loglevel === 'silent'

const manifest = JSON.parse(readFileSync(`${DIST}manifest.json`, 'utf8')) as Record<string, Chunk>

function withImports(name: string, seen = new Set<string>()): Set<string> {
  const chunk = manifest[name]
  if (!chunk || seen.has(name)) return seen
  seen.add(name)
  for (const one of chunk.imports ?? []) withImports(one, seen)
  return seen
}

function weigh(files: Iterable<string>): number {
  let bytes = 0
  for (const file of new Set(files)) bytes += gzipSync(readFileSync(DIST + file), { level: 9 }).length
  return bytes / 1_000
}

const filesOf = (names: Iterable<string>) => [...names].flatMap((name) => manifest[name]?.file ?? [])
const entry = Object.keys(manifest).find((name) => manifest[name]?.isEntry)
if (entry === undefined || !manifest[EDITOR]) throw new Error('build the workspace first')
const first = withImports(entry)
const editor = [...withImports(EDITOR)].filter((name) => !first.has(name))

const weights: Record<keyof typeof LIMITS, number> = {
  'first load, JS': weigh(filesOf(first)),
  'first load, CSS': weigh([...first].flatMap((name) => manifest[name]?.css ?? [])),
  'shared editor, lazy JS': weigh(filesOf(editor)),
}

let over = false
for (const [what, limit] of Object.entries(LIMITS)) {
  const weight = weights[what as keyof typeof LIMITS]
  over ||= weight > limit
  if (weight > limit || !QUIET) {
    console.log(
      `${what.padEnd(24)} ${weight.toFixed(1).padStart(6)} kB gz of ${limit}${weight > limit ? '  OVER' : ''}`,
    )
  }
}
if (over) process.exit(1)
