const DAY_MS = 86_400_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000

const clock = new Intl.DateTimeFormat(undefined, { hour: 'numeric', minute: '2-digit' })
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' })
const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' })
const weekday = new Intl.DateTimeFormat(undefined, { weekday: 'long', day: 'numeric', month: 'long' })

/** When a message was written: the time, and the day where it was another one. */
export function timeOf(at: number, now = Date.now()): string {
  const sameDay = dayOf(at) === dayOf(now)
  return sameDay ? clock.format(at) : `${date.format(at)}, ${clock.format(at)}`
}

/** The time alone, where the day is told beside it. */
export function hourOf(at: number): string {
  return clock.format(at)
}

export function exactTimeOf(at: number): string {
  return exact.format(at)
}

/** How long ago, in the least words. */
export function agoOf(at: number, now = Date.now()): string {
  const past = now - at
  if (past < MINUTE_MS) return 'now'
  if (past < HOUR_MS) return `${Math.floor(past / MINUTE_MS)}m`
  if (past < DAY_MS) return `${Math.floor(past / HOUR_MS)}h`
  return past < 7 * DAY_MS ? `${Math.floor(past / DAY_MS)}d` : date.format(at)
}

export function dayOf(at: number): string {
  return new Date(at).toDateString()
}

export function dayTitle(at: number, now = Date.now()): string {
  if (dayOf(at) === dayOf(now)) return 'Today'
  return dayOf(at) === dayOf(now - DAY_MS) ? 'Yesterday' : weekday.format(at)
}

/** How far away something is, such as `7 days`. */
export function spanOf(ms: number): string {
  const minutes = Math.max(1, Math.round(ms / MINUTE_MS))
  if (minutes < 60) return many(minutes, 'minute')
  const hours = Math.round(minutes / 60)
  return hours < 24 ? many(hours, 'hour') : many(Math.round(hours / 24), 'day')
}

function many(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
