import { useSyncExternalStore } from 'react'

/** A value that several components look at, outside of any of them. */
export class Store<T> {
  #value: T
  readonly #subscribers = new Set<() => void>()

  constructor(value: T) {
    this.#value = value
  }

  readonly read = (): T => this.#value

  readonly subscribe = (fn: () => void): (() => void) => {
    this.#subscribers.add(fn)
    return () => {
      this.#subscribers.delete(fn)
    }
  }

  set(value: T): void {
    if (Object.is(this.#value, value)) return
    this.#value = value
    for (const fn of [...this.#subscribers]) fn()
  }
}

export function useStore<T>(store: Store<T>): T {
  return useSyncExternalStore(store.subscribe, store.read, store.read)
}
