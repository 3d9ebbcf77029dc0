import { type ComponentType, lazy } from 'react'

/**
 * A component that is loaded when it is first shown. Where it cannot be, as after an upgrade of the server, whose older
 * files are gone then, it says so, and the page goes on.
 */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  return lazy<ComponentType<P>>(() => load().catch(() => ({ default: Outdated })))
}

/** The same for what may be needed while the server is away: it is fetched once the page has nothing else to do. */
export function soon<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  whenIdle(() => void load().catch(() => {}))
  return later(load)
}

/** The same for what shows nothing: the page goes on without it. */
export function laterUnseen<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  return lazy<ComponentType<P>>(() => load().catch(() => ({ default: () => null })))
}

const PATIENCE_MS = 4_000

function whenIdle(run: () => void): void {
  // Not every browser tells when it is idle.
  if (typeof requestIdleCallback === 'function') requestIdleCallback(run, { timeout: PATIENCE_MS })
  else setTimeout(run, PATIENCE_MS)
}

function Outdated() {
  return (
    <p role="alert" className="p-4 text-dim text-sm">
      This part of the page cannot be loaded. The server is away, or newer than the page.{' '}
      <button
        type="button"
        onClick={() => location.reload()}
        className="text-accent underline underline-offset-2"
      >
        Load it again
      </button>
    </p>
  )
}
