import { ROOT } from '@colloquy/shared'
import type { WebsocketProvider } from 'y-websocket'
import * as Y from 'yjs'
import { type House, heard } from './house.fixture.ts'

/** The drafts of a board. */
export function drafts(doc: Y.Doc): Y.Map<Y.Map<unknown>> {
  return doc.getMap(ROOT.drafts)
}

/** Begins a draft, or replaces it. */
export function draft(doc: Y.Doc, id: string, owner: string, text: string): Y.Text {
  const words = new Y.Text(text)
  const map = new Y.Map<unknown>()
  map.set('owner', owner)
  map.set('text', words)
  drafts(doc).set(id, map)
  return words
}

export function read(doc: Y.Doc): Record<string, unknown> {
  return drafts(doc).toJSON()
}

export function stateWith(id: string, owner: string, text: string): Uint8Array {
  const doc = new Y.Doc()
  draft(doc, id, owner, text)
  return Y.encodeStateAsUpdate(doc)
}

export function docOf(state: Uint8Array | undefined): Y.Doc {
  const doc = new Y.Doc()
  if (state) Y.applyUpdate(doc, state)
  return doc
}

export async function join(house: House, userId: string): Promise<WebsocketProvider> {
  const provider = house.provider(house.session.boardName, userId)
  await heard(provider, 'synced')
  return provider
}

/** Waits until `doc` holds what `holds` says. */
export async function until(doc: Y.Doc, holds: () => boolean): Promise<void> {
  while (!holds()) await heard(doc, 'update')
}
