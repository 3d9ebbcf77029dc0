import { MESSAGE } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import type { WebsocketProvider } from 'y-websocket'
import { ManualClock } from '../../test/kit/clock.ts'
import { awareness, heard, startHouse } from './house.fixture.ts'

/** Waits until a stock client believes what `holds` says. */
async function until(provider: WebsocketProvider, holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => provider.awareness.once('change', resolve))
}

describe('presence in a room', () => {
  it('[P1, P4] stock clients see each other under the names the server knows, and see who leaves', async () => {
    const { session, provider } = await startHouse()
    const ann = provider(session.main.name, 'ann')
    const vic = provider(session.main.name, 'vic')
    await Promise.all([heard(ann, 'synced'), heard(vic, 'synced')])
    const annId = ann.awareness.clientID
    const ofAnn = () => vic.awareness.getStates().get(annId)
    ann.awareness.setLocalStateField('user', { id: 'vic', name: 'Victor' })
    ann.awareness.setLocalStateField('typing', true)
    await until(vic, () => ofAnn()?.typing === true)
    expect(ofAnn()?.user).toEqual({ id: 'ann', name: 'ann' })
    ann.destroy()
    await until(vic, () => ofAnn() === undefined)
  })

  it('[P2] a forged state of someone else reaches nobody', async () => {
    const { session, connect } = await startHouse()
    const [ann, ben, vic] = [
      await connect(session.main.name, 'ann'),
      await connect(session.main.name, 'ben'),
      await connect(session.main.name, 'vic'),
    ]
    ann.send(awareness([7, 1, { at: 'home' }]))
    await vic.until(() => vic.presence().has(7))
    ben.send(awareness([7, 50, { at: 'stolen' }]))
    ben.send(awareness([8, 1, {}]))
    await vic.until(() => vic.presence().has(8))
    expect(vic.presence().get(7)).toMatchObject({ clock: 1, state: { at: 'home' } })
  })

  it('[P8] what many say within 100 ms is one frame', async () => {
    const clock = new ManualClock()
    const { session, connect } = await startHouse({ clock })
    const reader = await connect(session.main.name, 'vic')
    const speakers = [await connect(session.main.name, 'ann'), await connect(session.main.name, 'ben')]
    for (const [i, speaker] of speakers.entries()) {
      for (let tick = 1; tick <= 20; tick++) speaker.send(awareness([i, tick, { tick }]))
      await speaker.handled()
    }
    clock.advance(100)
    await reader.until(() => reader.presence().size === 2)
    expect(reader.frames.filter((frame) => frame[0] === MESSAGE.awareness)).toHaveLength(1)
    expect(reader.presence().get(1)?.state).toMatchObject({ tick: 20 })
  })

  it('[P10] who joins, and who asks, is told who is here', async () => {
    const { session, connect } = await startHouse()
    const ann = await connect(session.main.name, 'ann')
    ann.send(awareness([7, 1, { at: 'home' }]))
    await ann.until(() => ann.presence().has(7))
    const ben = await connect(session.main.name, 'ben')
    await ben.until(() => ben.presence().has(7))
    const before = ben.frames.length
    ben.send(new Uint8Array([MESSAGE.queryAwareness]))
    await ben.until(() => ben.frames.length > before)
    expect(ben.frames.at(-1)).toEqual(ben.frames[0])
  })

  it('[P11] when a room empties, who owned a clientID in it is forgotten', async () => {
    const { session, rooms, connect } = await startHouse()
    const ann = await connect(session.main.name, 'ann')
    ann.send(awareness([7, 1, {}]))
    await ann.handled()
    rooms.revoke('s1', 'ann')
    await ann.closed
    const ben = await connect(session.main.name, 'ben')
    ben.send(awareness([7, 1, {}]))
    await ben.until(() => ben.presence().has(7))
    expect(ben.presence().get(7)?.state).toMatchObject({ user: { id: 'ben' } })
  })
})
