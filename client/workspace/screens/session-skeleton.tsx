const BARS = [
  ['w-1/4', 'w-3/4'],
  ['w-1/5', 'w-full', 'w-11/12', 'w-2/3'],
  ['w-1/4', 'w-1/2'],
  ['w-1/5', 'w-full', 'w-4/5'],
]

/** In the places in which the session will be, so that nothing jumps when it comes. */
export function SessionSkeleton() {
  return (
    <main className="flex min-w-0 flex-1 flex-col" aria-busy="true">
      <h1 className="sr-only">Opening the session</h1>
      <div className="flex h-12 shrink-0 items-center gap-3 border-line border-b px-4">
        <span className="skeleton h-3.5 w-40" />
        <span className="skeleton h-5 w-28 rounded-full" />
      </div>
      <div className="mx-auto flex w-full max-w-[760px] flex-1 flex-col gap-8 overflow-hidden px-4 pt-10 md:px-6">
        {BARS.map((widths) => (
          <div key={widths.join()} className="grid grid-cols-[28px_1fr] gap-x-3">
            <span className="skeleton size-7 rounded-full" />
            <span className="flex flex-col gap-2.5 pt-1">
              {widths.map((width) => (
                <span key={width} className={`skeleton h-3 ${width}`} />
              ))}
            </span>
          </div>
        ))}
      </div>
      <div className="mx-auto w-full max-w-[776px] px-2 pb-8 md:px-4">
        <div className="h-[84px] rounded-lg border border-line" />
      </div>
    </main>
  )
}
