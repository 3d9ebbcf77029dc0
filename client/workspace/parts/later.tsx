import { type ComponentType, lazy } from 'react'

/**
 * A component that is loaded when it is first shown. After an upgrade of the server its older files are gone: what was
 * asked for then says so, and the page goes on.
 */
export function later<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  return lazy<ComponentType<P>>(() => load().catch(() => ({ default: Outdated })))
}

/** The same for what shows nothing: the page goes on without it. */
export function laterUnseen<P extends object>(load: () => Promise<{ default: ComponentType<P> }>) {
  return lazy<ComponentType<P>>(() => load().catch(() => ({ default: () => null })))
}

function Outdated() {
  return (
    <p role="alert" className="p-4 text-dim text-sm">
      This page is older than the server.{' '}
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
