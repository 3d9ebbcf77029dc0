/** One figure of a benchmark. `bound` is what it must not exceed. */
export interface Figure {
  what: string
  value: number
  unit: string
  bound?: number
  /** Sizes are the same on every machine and fail the run; times are only told. */
  kind: 'size' | 'time'
}

export function printTable(title: string, figures: readonly Figure[]): void {
  console.log(`\n${title}`)
  const width = Math.max(...figures.map(({ what }) => what.length))
  for (const { what, value, unit, bound } of figures) {
    const verdict = bound === undefined ? '' : `  ${value <= bound ? 'ok  ' : 'OVER'} (≤ ${bound})`
    console.log(`  ${what.padEnd(width)}  ${round(value).padStart(9)} ${unit.padEnd(9)}${verdict}`)
  }
}

/** The value below which the part `q` of the numbers lies. */
export function quantile(numbers: readonly number[], q: number): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))] ?? Number.NaN
}

function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2)
}
