import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { settle } from '../test/clock.ts'
import { world } from '../test/kit.ts'
import { tokenOf } from '../test/server.ts'
import type { Board } from '../types/index.ts'
import { readDraft, writeDraft } from './drafts.ts'

let w: ReturnType<typeof world>
beforeEach(() => {
  w = world()
})
afterEach(() => w.closeAll())

async function boardOf(userId = 'ana') {
  const session = w.join({ auth: () => tokenOf(userId) })
  await session.ready
  const board = session.board()
  await board.ready
  return { session, board }
}

const textOn = (doc: Y.Doc, draftId: string) => readDraft(doc, draftId)?.text.toString() ?? null
const type = (board: Board, draftId: string, text: string) => {
  const target = board.draft(draftId)?.text
  target?.insert(target.length, text)
}
/** The same drafts without their history, as the server rebuilds a board. */
function rebuilt(board: Y.Doc): Y.Doc {
  const next = new Y.Doc()
  for (const [id] of board.getMap('drafts')) writeDraft(next, id, 'ana', textOn(board, id) ?? '')
  return next
}

describe('writing together', () => {
  it('[C27] reaches the server and everybody else', async () => {
    const ana = await boardOf()
    const bo = await boardOf('bo')
    const draftId = ana.board.open()
    type(ana.board, draftId, 'Hello')
    await settle()
    type(bo.board, draftId, ', Ana')
    await settle()
    expect(textOn(w.server.board, draftId)).toBe('Hello, Ana')
    expect(ana.board.draft(draftId)).toMatchObject({ draftId, owner: 'ana' })
    expect(ana.board.draft(draftId)?.text.toString()).toBe('Hello, Ana')
    expect(bo.board.drafts()).toHaveLength(1)
    expect(bo.board.drafts()).toBe(bo.board.drafts())
    expect(ana.board.open(draftId)).toBe(draftId)
    ana.board.remove(draftId)
    await settle()
    expect(bo.board.drafts()).toEqual([])
  })

  it('[C27] what was written while the connection was lost gets there', async () => {
    const { board } = await boardOf()
    const draftId = board.open()
    await settle()
    w.server.socket.end(1006)
    await settle()
    type(board, draftId, 'while away')
    await w.clock.advance(1_000)
    expect(textOn(w.server.board, draftId)).toBe('while away')
  })

  it('[C29] who may not write sends nothing, whatever is written here', async () => {
    w.server.setRole('ana', 'viewer')
    writeDraft(w.server.board, 'd1', 'bo', 'Readable')
    const { board } = await boardOf()
    expect(board.readOnly).toBe(true)
    expect(board.draft('d1')?.text.toString()).toBe('Readable')
    expect(() => board.open()).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
    expect(() => board.remove('d1')).toThrow(expect.objectContaining({ code: 'FORBIDDEN' }))
    type(board, 'd1', '!')
    await settle()
    w.server.socket.end(1006)
    await w.clock.advance(1_000)
    expect(w.server.sockets.flatMap(({ updates }) => updates)).toEqual([])
    expect(textOn(w.server.board, 'd1')).toBe('Readable')
  })
})

describe('the connection', () => {
  it('[C30] is there while somebody holds the board, once for all who do', async () => {
    const { session, board } = await boardOf()
    const second = session.board()
    expect(w.server.sockets).toHaveLength(2)
    board.close()
    board.close()
    await w.clock.advance(5_000)
    expect(w.server.socket.readyState).toBe(1)
    second.close()
    const third = session.board()
    await w.clock.advance(5_000)
    expect(w.server.socket.readyState).toBe(1)
    third.close()
    await w.clock.advance(1_000)
    expect(w.server.socket.readyState).toBe(3)
    await session.board().ready
    expect(w.server.sockets).toHaveLength(3)
  })

  it('[C30] ends with the session', async () => {
    const { session, board } = await boardOf()
    w.server.sockets[0]?.end(4409)
    await settle()
    expect(board.error).toMatchObject({ code: 'REVOKED' })
    expect(w.server.socket.readyState).toBe(3)
    const late = session.board()
    await expect(late.ready).rejects.toMatchObject({ code: 'REVOKED' })
    expect(() => late.open()).toThrow(expect.objectContaining({ code: 'NOT_READY' }))
  })

  it.each([4413, 1009])('[C30] ends with what is written still readable after %i', async (code) => {
    const { session, board } = await boardOf()
    const draftId = board.open()
    type(board, draftId, 'a lot')
    await settle()
    w.server.socket.end(code)
    await settle()
    expect(board.error).toMatchObject({ code: 'BOARD_FULL' })
    expect(board.draft(draftId)?.text.toString()).toBe('a lot')
    expect(session.snapshot().connection.state).toBe('live')
    await session.board().ready
  })
})

describe('a new incarnation', () => {
  it('[C28] takes over what had been written and had not reached the server', async () => {
    const { board } = await boardOf()
    const draftId = board.open()
    type(board, draftId, 'Hello world')
    await settle()
    w.server.deaf = true
    board.draft(draftId)?.text.insert(5, ', dear')
    const fresh = board.open()
    type(board, fresh, 'new')
    await settle()
    const next = rebuilt(w.server.board)
    expect(textOn(next, draftId)).toBe('Hello world')
    // Somebody is quicker.
    readDraft(next, draftId)?.text.insert(11, '!')
    const old = board.doc
    let heard = 0
    board.subscribe(() => heard++)
    w.server.deaf = false
    w.server.rollBoard(next)
    w.server.socket.end(4410)
    await w.clock.advance(1)
    expect(board.doc).not.toBe(old)
    expect(heard).toBeGreaterThan(0)
    expect(board.draft(draftId)?.text.toString()).toBe('Hello, dear world!')
    expect(textOn(next, draftId)).toBe('Hello, dear world!')
    expect(textOn(next, fresh)).toBe('new')
  })

  it('[C28] repeats nothing that the server had, also where its echo was lost', async () => {
    const { board } = await boardOf()
    const draftId = board.open()
    await settle()
    w.server.holding = true
    type(board, draftId, 'once')
    w.server.socket.end(1006)
    w.server.holding = false
    await w.clock.advance(1_000)
    expect(textOn(w.server.board, draftId)).toBe('once')
    const next = rebuilt(w.server.board)
    readDraft(next, draftId)?.text.delete(0, 2)
    w.server.rollBoard(next)
    w.server.socket.end(4410)
    await w.clock.advance(1)
    expect(textOn(next, draftId)).toBe('ce')
  })

  it('[C28] keeps away what was removed: by others, and here', async () => {
    const { board } = await boardOf()
    const gone = board.open()
    const removed = board.open()
    type(board, gone, 'gone')
    await settle()
    const next = rebuilt(w.server.board)
    next.getMap('drafts').delete(gone)
    w.server.deaf = true
    board.remove(removed)
    await settle()
    w.server.deaf = false
    w.server.rollBoard(next)
    w.server.socket.end(4410)
    await w.clock.advance(1)
    expect(board.drafts()).toEqual([])
    expect(next.getMap('drafts').size).toBe(0)
  })
})
