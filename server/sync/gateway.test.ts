import { once } from 'node:events'
import { CLOSE } from '@colloquy/shared'
import { describe, expect, it } from 'vitest'
import { ManualClock } from '../../test/kit/clock.ts'
import { awareness, Client, type House, startHouse, textOf } from './house.fixture.ts'

/** What a refused upgrade answers with. */
async function statusOf(house: House, path: string, origin?: string): Promise<number | undefined> {
  const client = new Client(`ws://127.0.0.1:${house.port}${path}`, origin === undefined ? {} : { origin })
  const [, response] = await once(client.ws, 'unexpected-response')
  client.ws.terminate()
  return response.statusCode
}

function open(house: House, path: string, origin?: string): Client {
  return new Client(`ws://127.0.0.1:${house.port}${path}`, origin === undefined ? {} : { origin })
}

describe('before the upgrade', () => {
  it('[S20] a foreign Origin is refused with 403, and any other path with 404', async () => {
    const house = await startHouse({ allowedOrigins: ['https://team.example/'] })
    const path = `/sync/${house.session.main.name}?ticket=x`
    expect(await statusOf(house, path, 'https://evil.example')).toBe(403)
    expect(await statusOf(house, path, 'null')).toBe(403)
    expect(await statusOf(house, path, 'https://team.example.evil.example')).toBe(403)
    expect(await statusOf(house, '/elsewhere')).toBe(404)
    expect(house.gateway.metrics()).toMatchObject({ refused: 4, accepted: 0 })
  })

  it('[S20] the own host, a listed Origin and a client that is no browser may connect', async () => {
    const house = await startHouse({ allowedOrigins: ['https://team.example'] })
    for (const origin of [undefined, 'https://team.example', `http://127.0.0.1:${house.port}`]) {
      const client = open(
        house,
        `/sync/${house.session.main.name}?ticket=${house.ticket('ann', origin)}`,
        origin,
      )
      await client.opened
      await client.synced()
      client.ws.close()
    }
  })

  it('[S20] the name may come URL-encoded', async () => {
    const house = await startHouse()
    const { name } = house.session.main
    const client = open(house, `/sync/${encodeURIComponent(name)}?ticket=${house.ticket('ann')}`)
    await client.opened
    await client.synced()
    client.ws.close()
  })
})

describe('tickets at the door', () => {
  it('[S21] none, an unknown one, one for another session or a spent one closes with 4401 after the upgrade', async () => {
    const house = await startHouse()
    const { name } = house.session.main
    const spent = house.ticket('ann')
    const first = open(house, `/sync/${name}?ticket=${spent}`)
    await first.opened
    const elsewhere = house.tickets.issue(
      { userId: 'ann', name: 'ann', groups: [], admin: false, expiresAt: Number.MAX_SAFE_INTEGER },
      's2',
      undefined,
    ).ticket
    const paths = [
      `/sync/${name}`,
      `/sync/${name}?ticket=`,
      `/sync/${name}?ticket=unknown`,
      `/sync/${name}?ticket=${elsewhere}`,
      `/sync/${name}?ticket=${spent}`,
      `/sync/no-doc-name?ticket=${house.ticket('ann')}`,
      `/sync/%E0%A4%A?ticket=${house.ticket('ann')}`,
    ]
    for (const path of paths) {
      const client = open(house, path)
      await client.opened
      expect(await client.closed).toBe(CLOSE.ticket)
      expect(client.frames).toEqual([])
    }
    first.ws.close()
  })

  it('[S21] a ticket is good for the Origin it was asked from and for 60 s', async () => {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const { name } = house.session.main
    const own = `http://127.0.0.1:${house.port}`
    expect(await open(house, `/sync/${name}?ticket=${house.ticket('ann')}`, own).closed).toBe(CLOSE.ticket)
    const stale = house.ticket('ann')
    clock.advance(60_000)
    expect(await open(house, `/sync/${name}?ticket=${stale}`).closed).toBe(CLOSE.ticket)
  })

  it('[S22] a stranger learns nothing; a member with an old or unknown name is sent to ask again', async () => {
    const house = await startHouse()
    const { name } = house.session.main
    const stranger = await house.connect(name, 'eve')
    expect(await stranger.closed).toBe(CLOSE.ticket)
    for (const doc of ['s1/main@9', 's1/main~board@7', 's1/nowhere@1']) {
      expect(await (await house.connect(doc, 'ann')).closed).toBe(CLOSE.incarnation)
      expect(await (await house.connect(doc, 'eve')).closed).toBe(CLOSE.ticket)
    }
  })
})

describe('limits on connections', () => {
  it('[S17] a reader hears something at least every 20 s, even when nothing happens', async () => {
    const clock = new ManualClock()
    const { session, connect } = await startHouse({ clock })
    const reader = await connect(session.main.name, 'ann')
    await reader.synced()
    const before = reader.frames.length
    clock.advance(60_000)
    await reader.until(() => reader.frames.length >= before + 3)
    expect(reader.frames.slice(before).every((frame) => frame.join() === '1,1,0')).toBe(true)
  })

  it('[S18] a connection ends with 4501 when the identity behind it expires', async () => {
    const clock = new ManualClock()
    const house = await startHouse({ clock })
    const expiresAt = clock.now() + 5_000
    const { ticket } = house.tickets.issue(
      { userId: 'ann', name: 'ann', groups: [], admin: false, expiresAt },
      's1',
      undefined,
    )
    const client = open(house, `/sync/${house.session.main.name}?ticket=${ticket}`)
    await client.opened
    await client.synced()
    clock.advance(4_000)
    expect(house.rooms.connections('s1')).toBe(1)
    clock.advance(2_000)
    expect(await client.closed).toBe(CLOSE.identityExpired)
  })

  it('[S19] more connections than a session may have, or messages than a client may send, close with 4529', async () => {
    const house = await startHouse({ limits: { connectionsPerSession: 2 } })
    const { name } = house.session.main
    const first = await house.connect(name, 'ann')
    await house.connect(name, 'ben')
    expect(await (await house.connect(name, 'vic')).closed).toBe(CLOSE.tooMany)
    for (let i = 0; i < 2_000; i++) first.send(awareness([1, i + 1, {}]))
    expect(await first.closed).toBe(CLOSE.tooMany)
    await house.connect(name, 'vic')
  })

  it('[S24] a server that stops sends what was published and closes with 1012', async () => {
    const house = await startHouse()
    const reader = await house.connect(house.session.main.name, 'ann')
    await reader.synced()
    house.session.main.write('goodbye')
    await house.gateway.close(CLOSE.restart)
    expect(await reader.closed).toBe(CLOSE.restart)
    expect(textOf(reader.doc).toString()).toBe('goodbye')
    expect(house.gateway.metrics().connections).toBe(0)
  })

  it('[S25] connections that break off leave nothing behind', async () => {
    const house = await startHouse()
    const reader = await house.connect(house.session.main.name, 'ann')
    await reader.synced()
    const gone = once(house.sockets[0] ?? process, 'close')
    reader.ws.terminate()
    await gone
    await new Promise(setImmediate)
    expect(house.rooms.connections('s1')).toBe(0)
    expect(house.gateway.metrics().rooms).toBe(0)
  })

  it('[S25] nor does one that breaks off while its ticket is looked up', async () => {
    const { promise: lookedUp, resolve: go } = Promise.withResolvers<void>()
    const house = await startHouse({ lookedUp })
    const reader = await house.connect(house.session.main.name, 'ann')
    const gone = once(house.sockets[0] ?? process, 'close')
    reader.ws.terminate()
    house.sockets[0]?.destroy()
    await gone
    go()
    await new Promise(setImmediate)
    expect(house.rooms.connections('s1')).toBe(0)
    expect(house.gateway.metrics().rooms).toBe(0)
    const next = await house.connect(house.session.main.name, 'ann')
    await next.synced()
    expect(house.rooms.connections('s1')).toBe(1)
  })
})
