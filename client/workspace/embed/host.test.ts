import * as fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Host } from './host.ts'

const APP = 'https://app.example'
const OTHER = 'https://other.example'

/** A page in a frame; `ancestor`: what its browser tells of the page around it. */
function framed({ ancestor, referrer = '' }: { ancestor?: string; referrer?: string } = {}) {
  const posted: { message: unknown; to: string }[] = []
  const parent = { postMessage: (message: unknown, to: string) => posted.push({ message, to }) }
  const page = Object.assign(new EventTarget(), {
    parent,
    location: { ancestorOrigins: ancestor === undefined ? undefined : [ancestor] },
    document: { referrer },
  })
  const hear = (data: unknown, origin = APP, source: unknown = parent) =>
    page.dispatchEvent(Object.assign(new Event('message'), { data, origin, source }))
  return { page: page as unknown as Window, posted, hear }
}

describe('the page in a frame', () => {
  it('[E7] asks the page around it alone, and takes the answer to that question', async () => {
    const { page, posted, hear } = framed({ ancestor: APP })
    const host = new Host(page, [OTHER, APP], () => {})
    const token = host.token()
    expect(host.token()).toBe(token)
    expect(posted).toEqual([{ message: { colloquy: 'ask', ask: 1 }, to: APP }])
    hear({ colloquy: 'token', ask: 2, token: 'early' })
    hear({ colloquy: 'token', ask: 1, token: 'a.b.c' })
    expect(await token).toBe('a.b.c')
  })

  it('[E7] asks again when that token has lapsed, and says so when there is none', async () => {
    const { page, hear } = framed({ ancestor: APP })
    const host = new Host(page, [APP], () => {})
    const first = host.token()
    hear({ colloquy: 'token', ask: 1, token: 'first' })
    await first
    const second = host.token()
    hear({ colloquy: 'token', ask: 1, token: 'first' })
    hear({ colloquy: 'token', ask: 2, token: 'second' })
    expect(await second).toBe('second')
    const third = host.token()
    hear({ colloquy: 'token', ask: 3, token: null })
    await expect(third).rejects.toThrow('gave no token')
    const closed = host.token()
    host.close()
    await expect(closed).rejects.toThrow('gave no token')
  })

  it('[E7] where the browser does not tell who is around, asks those that the server names', () => {
    const unknown = framed()
    void new Host(unknown.page, [OTHER, APP], () => {}).token()
    expect(unknown.posted.map(({ to }) => to)).toEqual([OTHER, APP])
    const referred = framed({ referrer: `${APP}/page` })
    void new Host(referred.page, [OTHER, APP], () => {}).token()
    expect(referred.posted.map(({ to }) => to)).toEqual([APP])
    const stranger = framed({ ancestor: 'https://foe.example' })
    void new Host(stranger.page, [OTHER, APP], () => {}).token()
    expect(stranger.posted.map(({ to }) => to)).not.toContain('https://foe.example')
  })

  it('[E8] hears nobody else: another window, another origin, or anything else that may be posted', async () => {
    const themed = vi.fn()
    const { page, hear } = framed({ ancestor: APP })
    const host = new Host(page, [APP, OTHER], themed)
    const token = host.token()
    const right = { colloquy: 'token', ask: 1, token: 'e.y.z' }
    hear(right, APP, page)
    hear(right, APP, null)
    hear(right, 'https://foe.example')
    hear(right, OTHER)
    hear(right, 'null')
    hear({ ...right, token: 'x'.repeat(20_000) })
    fc.assert(
      fc.property(fc.anything(), (data) => {
        hear(data)
      }),
    )
    for (const theme of ['', 'blue', 7, null, ['dark'], { toString: () => 'dark' }]) {
      hear({ colloquy: 'theme', theme })
    }
    expect(themed).not.toHaveBeenCalled()
    hear({ colloquy: 'theme', theme: 'dark' })
    expect(themed).toHaveBeenCalledExactlyOnceWith('dark')
    hear({ colloquy: 'token', ask: 1, token: 'a.b.c' })
    expect(await token).toBe('a.b.c')
  })
})
