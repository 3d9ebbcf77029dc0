import type { PersonRef } from '@colloquy/shared'
import type { Said } from './presence.ts'

// How the rooms of one doc at several servers know of each other's readers.

/** One room at the other servers. */
export interface Relay {
  /** Says who is here, and hears from the others, until it is left. */
  join(room: RelayedRoom): RelayLink
}

export interface RelayedRoom {
  /** Another server tells of its clients; with `all` it has no others. */
  heard(node: string, said: readonly Said[], all: boolean): void
  /** Nothing has been heard of another server for too long. */
  lost(node: string): void
  /** All that the others are to know of this one's clients. */
  everybody(): readonly Said[]
}

export interface RelayLink {
  /** Tells the others what changed. */
  say(said: readonly Said[]): void
  leave(): void
}

/** The rooms of all docs. */
export interface Relays {
  room(doc: string): Relay
  /** Who is in the session's main room at any server, by name, each once. @throws when that cannot be looked up */
  here(sessionId: string): Promise<PersonRef[]>
}
