import type { Message } from '@colloquy/client'

/** What of a message a copy does not have; empty: nothing. */
export function leftOutWords({ parts }: Pick<Message, 'parts'>): string {
  const calls = parts.filter(({ type }) => type === 'dynamic-tool').length
  if (calls === 0) return ''
  const which =
    calls === 1 ? 'The tool call and its result stay' : `The ${calls} tool calls and their results stay`
  return `Only the text is copied. ${which} with those who read it now.`
}
