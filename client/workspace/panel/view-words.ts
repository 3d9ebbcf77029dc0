import type { ViewAnswer, ViewMessage, ViewWhy } from '@colloquy/shared/view-answer'
import { cleanName } from '../parts/names.ts'

const counts = new Intl.NumberFormat('en')
export const count = (value: number): string => counts.format(value)

/** Why some messages are not in the view: for one, and for several. */
const WHYS: Record<ViewWhy, readonly [one: string, several: string]> = {
  OTHER_READERS: ['was said to other readers', 'were said to other readers'],
  SUMMARISED: ['is told in a summary', 'are told in summaries'],
  BUDGET: ['is too old for the room there is', 'are too old for the room there is'],
  NOT_DONE: ['has not come to an end here', 'have not come to an end here'],
  RETRACTED: ['was taken back', 'were taken back'],
}

export interface LeftOut {
  why: ViewWhy
  /** Such as "2 were taken back". */
  words: string
  messages: readonly ViewMessage[]
}

/** What is not in the view, by why; the newest of each first. */
export function leftOutOf({ listed }: Pick<ViewAnswer, 'listed'>): LeftOut[] {
  const out = Object.groupBy(
    listed.filter((message) => !message.in),
    ({ why }) => why ?? 'BUDGET',
  )
  return (Object.keys(WHYS) as ViewWhy[]).flatMap((why) => {
    const messages = out[why]?.toReversed()
    if (!messages) return []
    const [one, several] = WHYS[why]
    return [{ why, messages, words: `${count(messages.length)} ${messages.length === 1 ? one : several}` }]
  })
}

/** What of a message it is, such as "Bo’s question". */
export function messageWords({ author, role }: Pick<ViewMessage, 'author' | 'role'>, myId: string): string {
  const what = role === 'user' ? 'question' : 'answer'
  return author.id === myId ? `Your ${what}` : `${cleanName(author.name)}’s ${what}`
}

/** What repeated words save; null: nothing. */
export function savedWords({
  tokens: { saved },
  repeats,
}: Pick<ViewAnswer, 'tokens' | 'repeats'>): string | null {
  if (saved === 0) return null
  const what =
    repeats.length === 1 ? 'A text that was repeated is' : `${repeats.length} texts that were repeated are`
  return `${what} in only once: ${count(saved)} tokens saved`
}

/** What stands in place of older messages, such as "A summary of 40 messages". */
export function summaryWords({
  fromSeq,
  throughSeq,
}: Pick<ViewAnswer['summaries'][number], 'fromSeq' | 'throughSeq'>): string {
  const messages = throughSeq - fromSeq + 1
  return `A summary of ${count(messages)} ${messages === 1 ? 'message' : 'messages'}`
}
