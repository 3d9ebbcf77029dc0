/** A number of bytes, for people: `12.3 MB`. */
export function size(bytes: number): string {
  return bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`
}

/** How long it has been since `started` (of `performance.now()`), for people: `1.4 s`. */
export function took(started: number): string {
  return `${((performance.now() - started) / 1000).toFixed(1)} s`
}
