import { afterEach, beforeEach, describe, expect, it } from 'vitest'
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

async function open(userId = 'ana', kept = storage) {
  const session = w.join({ auth: () => tokenOf(userId) })
  await session.ready
  const draft = new DraftStore(session, new OwnDraft(session, kept, 'main'), 'main')
  const detach = draft.attach()
  await settle()
  return { session, draft, detach }
}

/** The only draft on the server's board. */
function onBoard(): string | null {
  const [draftId] = w.server.board.getMap('drafts').keys()
  return draftId === undefined ? null : (readDraft(w.server.board, draftId)?.text.toString() ?? null)
}

describe('a local draft', () => {
  it('[C34] is found again by its author, in its session, under its key', async () => {
    const { draft, session } = await open()
    draft.setText('To be continued')
    expect(draft.read()).toBe(draft.read())
    await settle()
    expect((await open()).draft.read().text).toBe('To be continued')
    expect((await open('bo')).draft.read().text).toBe('')
    expect(new DraftStore(session, new OwnDraft(session, storage, 'other'), 'main').read().text).toBe('')
    draft.clear()
    await settle()
    expect((await open()).draft.read().text).toBe('')
    expect(onBoard()).toBeNull()
  })

  it('[C34] begun before it is known who writes, it is kept with what was there', async () => {
    const first = await open()
    first.draft.setText('before')
    await settle()
    const slow: Storage = { ...storage, get: async (key) => storage.get(key) }
    const session = w.join()
    const draft = new DraftStore(session, new OwnDraft(session, slow, 'main'), 'main')
    draft.setText('typed at once')
    await session.ready
    await settle()
    expect(draft.read().text).toBe('before\ntyped at once')
    expect((await open()).draft.read().text).toBe('before\ntyped at once')
  })

  it('[C34] lives on without storage', async () => {
    const broken: Storage = {
      get: () => Promise.reject(new Error('forbidden')),
      set: () => Promise.reject(new Error('full')),
      delete: () => Promise.reject(new Error('full')),
    }
    const { draft } = await open('ana', broken)
    draft.setText('here')
    draft.setText('')
    await settle()
    draft.setText('still here')
    expect(draft.read().text).toBe('still here')
  })
})

describe('writing together', () => {
  it('[C34] moves the draft onto the board, where all write it, and back', async () => {
    const ana = await open()
    const bo = await open('bo', memoryStorage())
    ana.draft.setText('Hello')
    await settle()
    expect(bo.draft.read().others).toEqual([])
    await ana.draft.share()
    await settle()
    const { shared } = ana.draft.read()
    expect(shared).toMatchObject({ owner: 'ana' })
    expect(ana.draft.read().others).toEqual([])
    const [his] = bo.draft.read().others
    his?.text.insert(5, ', world')
    await settle()
    expect(ana.draft.read().text).toBe('Hello, world')
    expect(ana.draft.read().shared).toBe(shared)
    ana.draft.setText('Hello, dear world')
    await settle()
    expect(onBoard()).toBe('Hello, dear world')
    await ana.draft.share()
    expect(ana.draft.read().shared).toBe(shared)
    await ana.draft.unshare()
    await settle()
    expect(ana.draft.read()).toMatchObject({ text: 'Hello, dear world', shared: null })
    expect(onBoard()).toBeNull()
    expect(bo.draft.read().others).toEqual([])
  })

  it('[C34] goes on after a reload, with what had not reached the board', async () => {
    const first = await open()
    first.draft.setText('Hello')
    await first.draft.share()
    await settle()
    first.session.close()
    first.draft.setText('Hello, lost?')
    await settle()
    const [draftId = ''] = w.server.board.getMap('drafts').keys()
    readDraft(w.server.board, draftId)?.text.insert(0, 'Oh: ')
    const again = await open()
    expect(again.draft.read().shared).toMatchObject({ draftId })
    expect(again.draft.read().text).toBe('Oh: Hello, lost?')
    expect(onBoard()).toBe('Oh: Hello, lost?')
  })

  it('[C34] what is submitted leaves the board', async () => {
    const { draft } = await open()
    draft.setText('Hello')
    await draft.share()
    draft.clear()
    await settle()
    expect(draft.read()).toMatchObject({ text: '', shared: null })
    expect(onBoard()).toBeNull()
  })

  it('[C34] a draft that others took away is still its author’s', async () => {
    const { draft } = await open()
    draft.setText('Mine')
    await draft.share()
    await settle()
    w.server.board.getMap('drafts').clear()
    await settle()
    expect(draft.read()).toMatchObject({ text: 'Mine', shared: null })
    draft.setText('Mine, still')
    expect(draft.read().text).toBe('Mine, still')
  })

  it('[C34] a board that takes no more gives it back', async () => {
    const { draft } = await open()
    draft.setText('Much')
    await draft.share()
    await settle()
    w.server.socket.end(4413)
    await settle()
    expect(draft.read()).toMatchObject({ text: 'Much', shared: null })
  })

  it('[C34] what was refused comes back behind what is written now, shared or not', async () => {
    const { draft } = await open()
    draft.giveBack('refused')
    expect(draft.read().text).toBe('refused')
    draft.setText('meanwhile')
    draft.giveBack('again')
    expect(draft.read().text).toBe('meanwhile\n\nagain')
    await draft.share()
    draft.giveBack('shared')
    expect(draft.read().shared?.text.toString()).toBe('meanwhile\n\nagain\n\nshared')
  })

  it('[C34] a full board is told, gives the words back, and can be asked for again', async () => {
    const { draft } = await open()
    draft.setText('Much')
    await draft.share()
    await settle()
    w.server.socket.end(4413)
    await settle()
    expect(draft.read()).toMatchObject({ text: 'Much', shared: null, error: { code: 'BOARD_FULL' } })
    await draft.share()
    await settle()
    expect(draft.read()).toMatchObject({ text: 'Much', error: null })
    expect(draft.read().shared?.text.toString()).toBe('Much')
  })

  it('[C34] after a full board others’ drafts are seen again, and one’s own is left behind on none', async () => {
    const { draft } = await open()
    draft.setText('Mine')
    await draft.share()
    await settle()
    expect(onBoard()).toBe('Mine')
    writeDraft(w.server.board, 'theirs', 'bo', 'Theirs')
    w.server.socket.end(4413)
    await settle()
    expect(draft.read()).toMatchObject({ text: 'Mine', shared: null, error: { code: 'BOARD_FULL' } })
    expect(draft.read().others.map(({ text }) => text.toString())).toEqual(['Theirs'])
    expect([...w.server.board.getMap('drafts').keys()]).toEqual(['theirs'])
  })

  it('[C34] is not for viewers, who see it', async () => {
    const ana = await open()
    ana.draft.setText('Look')
    await ana.draft.share()
    await settle()
    w.server.setRole('bo', 'viewer')
    const cy = await open('bo', memoryStorage())
    expect(cy.draft.read().others.map(({ text }) => text.toString())).toEqual(['Look'])
    await expect(cy.draft.share()).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('[C34] leaves the board when nobody looks, and comes back to it', async () => {
    const { draft, detach } = await open()
    draft.setText('Hello')
    await draft.share()
    await settle()
    const again = draft.attach()
    detach()
    detach()
    await w.clock.advance(5_000)
    expect(draft.read().shared).not.toBeNull()
    again()
    await w.clock.advance(5_000)
    expect(draft.read()).toMatchObject({ text: 'Hello', shared: null })
    expect(w.server.socket.readyState).toBe(3)
    draft.attach()
    await w.clock.advance(1)
    expect(draft.read().shared).not.toBeNull()
  })
})
