import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { memoryStorage } from '../storage.ts'
import { readDraft, writeDraft } from '../sync/drafts.ts'
import { settle } from '../test/clock.ts'
import { world } from '../test/kit.ts'
import { tokenOf } from '../test/server.ts'
import type { Storage } from '../types/index.ts'
import { DraftStore } from './draft-store.ts'
import { OwnDraft } from './own-draft.ts'

let w: ReturnType<typeof world>
let storage: Storage
beforeEach(() => {
  w = world()
  storage = memoryStorage()
})
afterEach(() => w.closeAll())

describe('the boards of lanes', () => {
  const [AMONG, OTHERS] = ['l1', 'l2']
  const boardOf = (laneId: string) => w.server.boards.get(`launch/${laneId}~board@1`)
  const textsOn = (laneId: string) => {
    const board = boardOf(laneId) ?? new Y.Doc()
    return [...board.getMap('drafts').keys()].map((draftId) => readDraft(board, draftId)?.text.toString())
  }

  /** What one person writes under one key, for readers that change. */
  async function writer(kept = storage, userId = 'ana') {
    const session = w.join({ auth: () => tokenOf(userId) })
    await session.ready
    const own = new OwnDraft(session, kept, 'some')
    const stores = new Map<string | null, DraftStore>()
    let leave = () => {}
    const turnTo = async (laneId: string | null) => {
      leave()
      const store = stores.get(laneId) ?? new DraftStore(session, own, laneId)
      stores.set(laneId, store)
      leave = store.attach()
      await settle()
      return store
    }
    return { session, turnTo }
  }

  beforeEach(() => {
    w.server.addLane(AMONG, ['ana', 'bo'])
    w.server.addLane(OTHERS, ['ana', 'cy'])
  })

  it('[C61] what is shared stays on its lane’s board and is there again; what is not goes along', async () => {
    const { turnTo } = await writer()
    const among = await turnTo(AMONG)
    among.setText('Between us')
    await among.share()
    await settle()
    expect(textsOn(AMONG)).toEqual(['Between us'])
    const others = await turnTo(OTHERS)
    expect(others.read()).toMatchObject({ text: '', sharedId: null, others: [] })
    others.setText('Not yet shared')
    const main = await turnTo('main')
    expect(main.read().text).toBe('Not yet shared')
    await main.share()
    await settle()
    expect(textsOn('main')).toEqual(['Not yet shared'])
    expect(textsOn(OTHERS)).toEqual([])
    const back = await turnTo(AMONG)
    expect(back.read()).toMatchObject({ text: 'Between us', shared: { owner: 'ana' } })
    back.clear()
    await settle()
    expect(textsOn(AMONG)).toEqual([])
    expect(textsOn('main')).toEqual(['Not yet shared'])
    expect((await turnTo('main')).read()).toMatchObject({ text: 'Not yet shared', shared: { owner: 'ana' } })
  })

  it('[C61] the board that one turns away from is left, and what is taken back meanwhile still goes from it', async () => {
    const { turnTo } = await writer()
    const among = await turnTo(AMONG)
    among.setText('Between us')
    await among.share()
    await settle()
    const { socket } = w.server
    await turnTo('main')
    await w.clock.advance(5_000)
    expect(socket.readyState).toBe(3)
    expect(among.read()).toMatchObject({ text: 'Between us', shared: null, others: [] })
    expect(among.read().sharedId).not.toBeNull()
    await among.unshare()
    await settle()
    expect(textsOn(AMONG)).toEqual([])
    expect(among.read()).toMatchObject({ text: 'Between us', sharedId: null })
    await w.clock.advance(5_000)
    expect(w.server.socketOf(`${AMONG}~board`).readyState).toBe(3)
  })

  it('[C61] a reload finds each draft on its board', async () => {
    const first = await writer()
    const among = await first.turnTo(AMONG)
    among.setText('Between us')
    await among.share()
    const main = await first.turnTo('main')
    main.setText('For all')
    await settle()
    first.session.close()
    const { turnTo } = await writer()
    expect((await turnTo('main')).read()).toMatchObject({ text: 'For all', sharedId: null })
    expect((await turnTo(AMONG)).read()).toMatchObject({ text: 'Between us', shared: { owner: 'ana' } })
  })

  it('[C62] without a lane there is no board: the draft is local, and goes along once there is one', async () => {
    const { turnTo } = await writer()
    const alone = await turnTo(null)
    const before = w.server.sockets.length
    alone.setText('The first')
    await expect(alone.share()).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await settle()
    expect(w.server.sockets).toHaveLength(before)
    const among = await turnTo(AMONG)
    expect(among.read().text).toBe('The first')
    await among.share()
    await settle()
    expect(textsOn(AMONG)).toEqual(['The first'])
    expect(textsOn('main')).toEqual([])
  })

  it('[C63] who loses the lane loses the board, and goes on with the own words', async () => {
    const { turnTo } = await writer()
    const among = await turnTo(AMONG)
    among.setText('Mine')
    await among.share()
    writeDraft(boardOf(AMONG) ?? new Y.Doc(), 'theirs', 'bo', 'Theirs')
    await settle()
    w.server.removeLane(AMONG)
    w.server.tellOfLanes()
    w.server.socketOf(`${AMONG}~board`).end(4410)
    await w.clock.advance(1_000)
    expect(among.read()).toMatchObject({ text: 'Mine', sharedId: null, shared: null, others: [] })
    const none = await turnTo(null)
    expect(none.read().text).toBe('Mine')
    none.setText('Mine, still')
    expect(none.read()).toMatchObject({ text: 'Mine, still', error: null })
  })

  it('[C63] lost while one was turned to others, the words come back behind what is written', async () => {
    const { turnTo } = await writer()
    const among = await turnTo(AMONG)
    among.setText('Between us')
    await among.share()
    await settle()
    const none = await turnTo(null)
    none.setText('Another thought')
    w.server.removeLane(AMONG)
    w.server.tellOfLanes()
    await w.clock.advance(1_000)
    expect(none.read().text).toBe('Another thought\n\nBetween us')
    expect(textsOn('main')).toEqual([])
  })
})
