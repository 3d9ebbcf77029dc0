import type { Message } from '@colloquy/client'

/** What a message says, without its tool calls. */
export function textOf(message: Pick<Message, 'parts'> | undefined): string {
  return message?.parts.map((part) => (part.type === 'text' ? part.text : '')).join('') ?? ''
}
