import { Loader } from 'lucide-react'
import { Button } from '../parts/button.tsx'
import { sentenceFor } from '../parts/refusals.ts'
import { isEnough, type Search } from './use-search.ts'

export interface SearchStatusProps {
  typed: string
  search: Search
  /** How many the person has. */
  sessions: number
}

/** How far the search in messages has come; also to the ear. */
export function SearchStatus({ typed, search, sessions }: SearchStatusProps) {
  return (
    <div role="status" className="flex min-h-10 items-center gap-2 px-4 py-1.5 text-dim text-xs">
      <Said typed={typed} search={search} sessions={sessions} />
    </div>
  )
}

function Said({ typed, search: { busy, hits, next, problem, notRead, more }, sessions }: SearchStatusProps) {
  const among = sessions === 1 ? 'your one session' : `your ${sessions} sessions`
  if (typed.trim() === '') return `Type to search what you may read in ${among}.`
  if (!isEnough(typed)) return 'One more letter, and messages are searched, too.'
  if (busy) {
    return (
      <>
        <Loader size={14} className="spin" aria-hidden />
        Searching messages…
      </>
    )
  }
  if (problem !== null) {
    return (
      <>
        <span className="flex-1 text-bad">Messages were not searched. {sentenceFor(problem)}</span>
        <Button size="sm" onClick={more}>
          Try again
        </Button>
      </>
    )
  }
  const missing = notRead > 0 && ` ${notRead === 1 ? 'One' : notRead} could not be read just now.`
  if (hits.length > 0) {
    const many = `${hits.length}${next === null ? '' : ' or more'}`
    return (
      <span>
        {hits.length === 1 && next === null ? 'One message' : `${many} messages`} in {among}.{missing}
      </span>
    )
  }
  if (next !== null) {
    return (
      <>
        <span className="flex-1">
          Nothing in the newest messages of {among}.{missing}
        </span>
        <Button size="sm" onClick={more}>
          Search older ones
        </Button>
      </>
    )
  }
  return (
    <span>
      No message that you may read in {among} has {isOneWord(typed) ? 'this word' : 'all of these words'}.
      {missing}
    </span>
  )
}

const isOneWord = (typed: string) => !/\s/.test(typed.trim())
