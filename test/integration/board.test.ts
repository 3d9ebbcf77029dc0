import type { Board, Session } from '@colloquy/client'
import { expect, it } from 'vitest'
import { foreignClient } from '../kit/foreign.ts'
import { TestServer } from '../kit/server.ts'

/** Resolves when the board says so; the test's own timeout is the limit. */
function untilBoard(board: Board, condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const check = () => {
      if (!condition()) return
      stop()
      resolve()
    }
    const stop = board.subscribe(check)
    check()
  })
}

const read = (board: Board, draftId: string) => board.draft(draftId)?.text.toString() ?? null
const reads = (board: Board, draftId: string, text: string | null) =>
  untilBoard(board, () => read(board, draftId) === text)
function type(
  board: Board,
  draftId: string,
  text: string,
  at = board.draft(draftId)?.text.length ?? 0,
): void {
  board.draft(draftId)?.text.insert(at, text)
}

async function boardOf(session: Session): Promise<Board> {
  await session.ready
  const board = session.board()
  await board.ready
  return board
}

async function together(options: Parameters<typeof TestServer.start>[0] = {}) {
  const server = await TestServer.start(options)
  const id = await server.session({ bo: 'prompter', cy: 'viewer' })
  const [ana, bo] = await Promise.all([boardOf(server.connect('ana', id)), boardOf(server.connect('bo', id))])
  return { server, id, ana, bo }
}

it('[C27] prompters write one draft together; a stock client joins in; who comes later finds it', async () => {
  const { server, id, ana, bo } = await together()
  const draftId = ana.open()
  type(ana, draftId, 'Hello')
  await reads(bo, draftId, 'Hello')
  type(bo, draftId, ', world')
  await reads(ana, draftId, 'Hello, world')
  expect(bo.draft(draftId)?.owner).toBe('ana')
  const stock = await foreignClient(server, 'ana', id, 'board')
  stock.connect()
  await stock.synced
  expect(JSON.stringify(stock.doc.getMap('drafts'))).toContain('Hello, world')
  const later = await boardOf(server.connect('bo', id))
  expect(later.drafts().map((draft) => draft.draftId)).toEqual([draftId])
  ana.remove(draftId)
  await reads(bo, draftId, null)
})

it('[C27] cursors are seen with the names that the server gives them', async () => {
  const { ana, bo } = await together()
  const seen = new Promise<unknown>((resolve) => {
    bo.awareness.on('change', () => {
      const state = bo.awareness.getStates().get(ana.awareness.clientID)
      if (state?.cursor) resolve(state)
    })
  })
  ana.awareness.setLocalStateField('cursor', { anchor: 1, head: 1 })
  expect(await seen).toMatchObject({ user: { id: 'ana', name: 'ana' }, cursor: { anchor: 1, head: 1 } })
})

it('[C29] a viewer reads and stays connected, whatever is typed there', async () => {
  const { server, id, ana } = await together()
  const draftId = ana.open()
  type(ana, draftId, 'Look')
  const cy = await boardOf(server.connect('cy', id))
  await reads(cy, draftId, 'Look')
  expect(cy.readOnly).toBe(true)
  expect(() => cy.open()).toThrow('viewer')
  type(cy, draftId, '!')
  type(ana, draftId, ' here')
  await untilBoard(cy, () => read(cy, draftId)?.includes(' here') === true)
  expect(cy.error).toBeNull()
  expect(read(ana, draftId)).toBe('Look here')
})

it('[C28] a new incarnation, as when a writer is removed, keeps what the others write', async () => {
  const { server, id, ana, bo } = await together()
  const draftId = ana.open()
  type(ana, draftId, 'Ana ')
  await reads(bo, draftId, 'Ana ')
  type(bo, draftId, 'Bo ')
  await reads(ana, draftId, 'Ana Bo ')
  const old = ana.doc
  const removed = server.json('ana', 'DELETE', `/sessions/${id}/members/bo`)
  type(ana, draftId, 'again')
  await removed
  await untilBoard(ana, () => ana.doc !== old)
  await reads(ana, draftId, 'Ana Bo again')
  await untilBoard(bo, () => bo.error !== null)
  expect(bo.error).toMatchObject({ code: 'REVOKED' })
  type(ana, draftId, '!')
  const later = await boardOf(server.connect('cy', id))
  await reads(later, draftId, 'Ana Bo again!')
})

it('[C28] nothing that is typed is lost while the board outgrows its doc', async () => {
  const { ana, bo } = await together({ limits: { boardBytes: 900 } })
  const draftId = ana.open()
  await untilBoard(bo, () => bo.draft(draftId) !== null)
  const docs = new Set([ana.doc])
  ana.subscribe(() => docs.add(ana.doc))
  const words: string[] = []
  for (let n = 0; n < 60; n++) {
    // Written and taken back: history, which a new incarnation leaves behind.
    type(ana, draftId, 'x'.repeat(100), 0)
    ana.draft(draftId)?.text.delete(0, 100)
    for (const [board, name] of [
      [ana, 'a'],
      [bo, 'b'],
    ] as const) {
      words.push(`${name}${n};`)
      type(board, draftId, `${name}${n};`)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }
  const all = (board: Board) => words.every((word) => read(board, draftId)?.split(word).length === 2)
  await untilBoard(ana, () => all(ana))
  await untilBoard(bo, () => all(bo))
  await untilBoard(bo, () => read(bo, draftId) === read(ana, draftId))
  expect(docs.size).toBeGreaterThan(1)
})

it('[C27] what a server lost by restarting, and what was written meanwhile, is there afterwards', async () => {
  const { server, ana, bo } = await together()
  const draftId = ana.open()
  type(ana, draftId, 'before')
  await reads(bo, draftId, 'before')
  const restarted = server.restart()
  type(ana, draftId, ', during')
  await restarted
  await reads(bo, draftId, 'before, during')
})

it('[C30] a board that is full says so, and the draft stays with its author', async () => {
  const { ana, bo } = await together({ limits: { boardBytes: 4_000 } })
  const draftId = ana.open()
  type(ana, draftId, 'y'.repeat(6_000))
  await untilBoard(ana, () => ana.error !== null)
  expect(ana.error).toMatchObject({ code: 'BOARD_FULL' })
  expect(read(ana, draftId)).toBe('y'.repeat(6_000))
  expect(bo.error).toBeNull()
})
