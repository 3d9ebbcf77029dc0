import type { Message, MessagePart, Session } from '@colloquy/client'
import { readScript } from '../kit/script.ts'
import { shownParts } from './rounds.ts'

/**
 * Looks at everything that somebody is shown, while it appears too: an answer is at any time the beginning of
 * what its script says, and nothing of an attempt that was cut stands in it.
 * @returns what was wrong so far; grows
 */
export function watch(client: Session): readonly string[] {
  const wrong: string[] = []
  client.subscribe(({ messages }) => {
    const scripts = new Map(messages.flatMap(asked))
    for (const { role, metadata, parts } of messages) {
      const script = scripts.get(metadata.promptId)
      if (role !== 'assistant' || script === undefined || isBeginning(parts, script)) continue
      wrong.push(`an answer showed ${JSON.stringify(parts.map(shown))}`)
    }
  })
  return wrong
}

function asked({ role, metadata, parts }: Message): [string, string][] {
  const [part] = parts
  return role === 'user' && part?.type === 'text' ? [[metadata.promptId, part.text]] : []
}

function isBeginning(parts: readonly MessagePart[], script: string): boolean {
  const whole = shownParts(readScript(script))
  return parts.every((part, i) => {
    const expected = whole[i] ?? ''
    return i === parts.length - 1 ? expected.startsWith(shown(part)) : expected === shown(part)
  })
}

function shown(part: MessagePart): string {
  if (part.type === 'text') return `says ${part.text}`
  return `calls ${part.toolName} ${(part.input as { id?: string } | null)?.id}`
}
