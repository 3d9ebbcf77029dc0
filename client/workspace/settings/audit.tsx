import { useLanes, usePeople } from '@colloquy/client/react'
import type { AuditItem, AuditPage, SessionManagement } from '@colloquy/client/team'
import { EVERYONE } from '@colloquy/shared/audience'
import { Lock } from 'lucide-react'
import { useMemo, useState } from 'react'
import { readersOf } from '../audience/reader-words.ts'
import { useWho } from '../audience/use-who.ts'
import { Button } from '../parts/button.tsx'
import { Shown } from '../parts/shown.tsx'
import { dayOf, dayTitle, exactTimeOf, hourOf } from '../parts/times.ts'
import { useAct } from '../parts/use-act.ts'
import { useLoaded } from '../parts/use-loaded.ts'
import { type AuditNames, auditSentence, utcDayWords } from './audit-words.ts'
import { Heading } from './heading.tsx'

/** What was done here, for owners: in full where they read, and as counts where they do not. */
export function Audit({ manage }: { manage: SessionManagement }) {
  const { me } = usePeople()
  return (
    <>
      <Heading title="History">
        {me?.role === 'owner'
          ? 'Who did what and when, without what was written. Where you do not read, you are told how much was asked in a day.'
          : 'Who did what and when. Owners see it; what you may read yourself stands in the session.'}
      </Heading>
      {me?.role === 'owner' && <Pages manage={manage} />}
    </>
  )
}

function Pages({ manage }: { manage: SessionManagement }) {
  const first = useLoaded(manage.audit)
  return <Shown of={first}>{(page) => <Items manage={manage} first={page} />}</Shown>
}

function Items({ manage, first }: { manage: SessionManagement; first: AuditPage }) {
  const [older, setOlder] = useState<readonly AuditPage[]>([])
  const act = useAct()
  const pages = [first, ...older]
  const before = pages.at(-1)?.before ?? null
  const items = useMemo(() => [first, ...older].flatMap((page) => page.items), [first, older])
  const names = useNames(items)
  return (
    <>
      <Elsewhere counts={first.elsewhere} />
      {byDay(items).map((day) => (
        <section key={dayOf(day[0]?.at ?? 0)} className="pb-3">
          <h4 className="sticky -top-4 z-10 bg-raised py-1 font-medium text-dim text-xs sm:-top-5">
            {dayTitle(day[0]?.at ?? 0)}
          </h4>
          <ol className="border-line border-t">
            {day.map((item, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a day only grows at its end
              <Row key={at} item={item} names={names} />
            ))}
          </ol>
        </section>
      ))}
      {act.problem !== null && (
        <p role="alert" className="pb-2 text-bad text-sm">
          {act.problem}
        </p>
      )}
      {before === null ? (
        <p className="text-faint text-xs">This is where the session began.</p>
      ) : (
        <Button
          disabled={act.busy}
          onClick={() =>
            void act.run(async () => {
              const page = await manage.audit(before)
              setOlder((had) => [...had, page])
            })
          }
        >
          Load older
        </Button>
      )}
    </>
  )
}

function Row({ item, names }: { item: AuditItem; names: AuditNames }) {
  const readers = 'laneId' in item ? names.readersOf(item.laneId) : null
  return (
    <li className="flex gap-3 border-line border-b py-1.5 text-sm">
      <time
        dateTime={new Date(item.at).toISOString()}
        title={exactTimeOf(item.at)}
        className="w-16 shrink-0 text-faint tabular-nums"
      >
        {hourOf(item.at)}
      </time>
      <span className="min-w-0 flex-1 break-words">
        <bdi>{auditSentence(item, names)}</bdi>
        {readers !== null && (
          <span className="flex items-center gap-1 text-private text-xs">
            <Lock size={11} aria-hidden />
            {readers}
          </span>
        )}
      </span>
    </li>
  )
}

function Elsewhere({ counts }: { counts: AuditPage['elsewhere'] }) {
  const all = counts.reduce((sum, { prompts }) => sum + prompts, 0)
  if (all === 0) return null
  return (
    <details className="mb-3 rounded-md bg-wash px-3 py-2 text-sm">
      <summary className="rounded-sm text-dim hover:text-ink">
        {all === 1 ? '1 question' : `${all} questions`} where you do not read
      </summary>
      <ul className="pt-1 pl-4 text-dim">
        {counts.map(({ day, prompts }) => (
          <li key={day} className="tabular-nums">
            {utcDayWords(day)}: {prompts}
          </li>
        ))}
      </ul>
      <p className="pl-4 text-faint text-xs">By day in UTC, of days that are over.</p>
    </details>
  )
}

/** Names for what the items name by id alone: of members, of who did something, of lanes and calls. */
function useNames(items: readonly AuditItem[]): AuditNames {
  const { members } = usePeople()
  const { lanes } = useLanes()
  const who = useWho()
  return useMemo(() => {
    const people = new Map(items.flatMap(({ by }) => (by ? [[by.id, by.name] as const] : [])))
    for (const { id, name } of members) people.set(id, name)
    const tools = new Map(
      items.flatMap((item) => (item.type === 'tool.intent' ? [[item.callId, item.tool]] : [])),
    )
    const audiences = new Map(lanes.map(({ laneId, audience }) => [laneId, audience]))
    return {
      nameOf: (id) => people.get(id) ?? 'somebody who has left',
      readersOf: (laneId) => {
        const audience = audiences.get(laneId) ?? EVERYONE
        return audience === EVERYONE ? null : readersOf(audience, who)
      },
      toolOf: (callId) => tools.get(callId),
    }
  }, [items, members, lanes, who])
}

function byDay(items: readonly AuditItem[]): AuditItem[][] {
  const days: AuditItem[][] = []
  for (const item of items) {
    const last = days.at(-1)
    if (last?.[0] && dayOf(last[0].at) === dayOf(item.at)) last.push(item)
    else days.push([item])
  }
  return days
}
