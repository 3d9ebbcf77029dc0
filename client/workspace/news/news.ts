import type { Me, Message } from '@colloquy/client'
import { type Audience, EVERYONE } from '@colloquy/shared/audience'
import { cleanName } from '../parts/names.ts'

/** Something that concerns this person alone, for when the tab is not seen. */
export interface News {
  kind: 'ready' | 'ended' | 'mention' | 'approval'
  /** What it is about: it is told once. */
  id: string
  /** Where it can be read. */
  messageId: string
  audience: Audience
  /** Who has mentioned them. */
  by?: string
}

/** An own answer that has ended; one that goes on among fewer has not. */
export function endedNews({ id, audience, metadata }: Message, me: Me | null): News | null {
  const { author, status, shared } = metadata
  if (author.id !== me?.id || shared || status === 'streaming' || status === 'narrowed') return null
  return { kind: status === 'done' ? 'ready' : 'ended', id, messageId: id, audience }
}

/** As a notification: no word of what was said, and of what not everyone reads neither where nor by whom. */
export function notificationOf(news: News, title: string): { title: string; body: string } {
  const { kind, audience, by } = news
  const open = audience === EVERYONE
  return {
    title: open ? cleanName(title || 'Untitled session') : 'Colloquy',
    body: kind === 'mention' && open ? `${cleanName(by ?? '')} mentioned you` : SENTENCES[kind],
  }
}

const SENTENCES: Record<News['kind'], string> = {
  ready: 'Your answer is ready',
  ended: 'Your answer has ended',
  mention: 'You were mentioned',
  approval: 'Your approval is needed',
}
