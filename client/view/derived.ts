/** `fn`, computed again only for other arguments. */
export function derived<A extends readonly unknown[], T>(fn: (...args: A) => T): (...args: A) => T {
  let last: { args: A; value: T } | null = null
  return (...args) => {
    const same = last?.args.length === args.length && last.args.every((arg, i) => Object.is(arg, args[i]))
    if (!last || !same) last = { args, value: fn(...args) }
    return last.value
  }
}
