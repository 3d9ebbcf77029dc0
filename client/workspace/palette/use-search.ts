import type { SearchHit } from '@colloquy/client/team'
import { wordsOf } from '@colloquy/shared/search-words'
import { useCallback, useEffect, useRef, useState } from 'react'
import { codeOf } from '../parts/refusals.ts'
import { useAccount } from '../sign-in/account.ts'

/** A person who types has come to a rest. */
const REST_MS = 180
/** Pages that are looked through for the first hit before the person is asked whether to go on. */
const PAGES = 5

interface Found {
  /** What was looked for. */
  query: string
  hits: readonly SearchHit[]
  next: string | null
  /** Sessions that could not be read. */
  notRead: number
  /** The code with which the last page was refused. */
  problem: string | null
}

export interface Search extends Found {
  /** It is being looked for what is typed now. */
  busy: boolean
  /** Looks further, or again. */
  more: () => void
}

const NOTHING: Found = { query: '', hits: [], next: null, notRead: 0, problem: null }

/** One letter is in everything, unless it is a word by itself, as in Chinese. */
export function isEnough(query: string): boolean {
  const words = wordsOf(query)
  return words.length > 0 && !(words.length === 1 && /^[\0-\x7f]?$/.test(words[0] ?? ''))
}

/** What is found in messages as one types: of a query that is no longer typed, the search ends. */
export function useSearch(typed: string): Search {
  const { workspace } = useAccount()
  const [found, setFound] = useState(NOTHING)
  const [busy, setBusy] = useState(false)
  const running = useRef<AbortController>(null)
  const query = isEnough(typed) ? typed.trim() : ''

  const look = useCallback(
    async (before: Found) => {
      running.current?.abort()
      const { signal } = Object.assign(running, { current: new AbortController() }).current
      setBusy(true)
      let all = before
      try {
        for (let page = 0; page < PAGES; page++) {
          const options = all.next === null ? { signal } : { signal, next: all.next }
          all = withPage(all, await workspace.search(before.query, options))
          if (all.next === null || all.hits.length > before.hits.length) break
        }
      } catch (error) {
        all = { ...all, problem: codeOf(error) }
      }
      if (signal.aborted) return
      setFound(all)
      setBusy(false)
    },
    [workspace],
  )

  useEffect(() => {
    if (query === '') {
      setFound(NOTHING)
      setBusy(false)
      return
    }
    setBusy(true)
    const timer = setTimeout(look, REST_MS, { ...NOTHING, query })
    return () => {
      clearTimeout(timer)
      running.current?.abort()
    }
  }, [query, look])

  const more = useCallback(() => void look({ ...found, query, problem: null }), [look, found, query])
  return { ...found, busy, more }
}

/** A session in which something has happened meanwhile may come again. */
function withPage(before: Found, page: { hits: SearchHit[]; next: string | null; notRead: number }): Found {
  const known = new Set(before.hits.map(({ messageId }) => messageId))
  const hits = [...before.hits, ...page.hits.filter(({ messageId }) => !known.has(messageId))]
  return { ...before, hits, next: page.next, notRead: before.notRead + page.notRead }
}
