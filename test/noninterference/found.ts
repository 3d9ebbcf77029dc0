import { readFileSync } from 'node:fs'
import type { History } from './history.ts'

interface Found {
  name: string
  history: History
}

/** Histories that random search has found, one a line, as short as it made them. */
export const FOUND: Readonly<Record<string, History>> = Object.fromEntries(
  readFileSync(new URL('./found.ndjson', import.meta.url), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Found)
    .map(({ name, history }) => [name, history]),
)
