/** Where files that are held over the page go. */
export function DropTarget() {
  return (
    <div className="pointer-events-none fixed inset-2 z-40 grid place-items-center rounded-lg border-2 border-accent border-dashed bg-bg/80">
      <p className="rounded-md border border-line-2 bg-raised px-4 py-2 font-medium">Drop to attach</p>
    </div>
  )
}
