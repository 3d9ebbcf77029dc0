/**
 * What yjs has of `lib0/logging`, without its styles: those bring a DOM and a schema library, 3 kB that no reader of a
 * console misses. In its place in `browser.js`.
 */
export const [BOLD, UNBOLD, RED, ORANGE] = ['', '', '', '']

export function print(...what: unknown[]): void {
  console.log(...what.filter((each) => each !== ''))
}

export function warn(...what: unknown[]): void {
  console.warn(...what)
}
