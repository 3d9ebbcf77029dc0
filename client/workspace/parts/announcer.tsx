import { Store, useStore } from './store.ts'

const said = new Store('')

/** Says one thing to people who listen instead of looking; the transcript itself stays silent. */
export function announce(text: string): void {
  // The same words twice in a row would not be read again.
  said.set(said.read() === text ? `${text}\u00a0` : text)
}

export function Announcer() {
  return (
    <div role="status" aria-live="polite" className="sr-only">
      {useStore(said)}
    </div>
  )
}
