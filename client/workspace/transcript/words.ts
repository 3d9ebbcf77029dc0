import type { Message } from '@colloquy/client'
import { reasonFor } from '../parts/refusals.ts'

/** More than any row shows. */
const LINE_LENGTH = 400

/** What a message says, without what it called: a long text arrives in several parts, and readers see one. */
export function textOf({ parts }: Pick<Message, 'parts'>): string {
  let text = ''
  let called = false
  for (const part of parts) {
    if (part.type === 'text') text += called && text !== '' ? `\n\n${part.text}` : part.text
    called = part.type !== 'text' || (called && part.text === '')
  }
  return text
}

/** A text in one line, without the marks that would shape it: for rows that show its beginning. */
export function lineOf(text: string): string {
  return text
    .slice(0, LINE_LENGTH)
    .replace(/^\[((?:\\.|[^\\\]\n])*)\]\(resource:[\w-]+\)$/gm, (_, title: string) =>
      title.replace(/\\(.)/g, '$1'),
    )
    .replace(/^\s*(?:#{1,6}|>|[-*+])\s+/gm, '')
    .replace(/\*\*|`+|~~/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** How an answer ended, where it did not end well. */
export function endingOf({ metadata }: Message): { text: string; retry: boolean } | null {
  const { status, reason } = metadata
  const why = reason === undefined ? '' : reasonFor(reason)
  switch (status) {
    case 'failed':
      return { text: why === '' ? 'The answer failed.' : `The answer failed: ${why}.`, retry: true }
    case 'cancelled':
      return { text: capital(why || 'stopped'), retry: false }
    case 'revoked':
      return { text: 'Ended: its author is no longer a member.', retry: false }
    case 'denied':
      return { text: why === '' ? 'This was not allowed.' : `Not allowed: ${why}.`, retry: false }
    case 'superseded':
      return { text: 'Cut off. The answer was started again.', retry: false }
    default:
      return null
  }
}

/** What an answer cost, as far as it is known. */
export function smallPrintOf({ metadata }: Message): string {
  const { model, usage, at, endedAt } = metadata
  const seconds = endedAt === undefined ? null : (endedAt - at) / 1_000
  return [
    model,
    usage?.inputTokens === undefined ? null : `${count(usage.inputTokens)} in`,
    usage?.outputTokens === undefined ? null : `${count(usage.outputTokens)} out`,
    seconds === null || seconds < 0.1 ? null : `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)} s`,
  ]
    .filter((part) => part !== null && part !== undefined)
    .join(' · ')
}

const counts = new Intl.NumberFormat()

function count(value: number): string {
  return counts.format(value)
}

function capital(text: string): string {
  return `${text.charAt(0).toLocaleUpperCase()}${text.slice(1)}.`
}
