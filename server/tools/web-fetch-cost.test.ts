import { brotliCompressSync, gzipSync } from 'node:zlib'
import { expect, it, vi } from 'vitest'
import { fetchFrom, fetchWith, refusal, type Site, says, site } from './web-fetch.fixture.ts'

const MB = 1_000_000

it('[X9] of a body of 10 MB the first 2 MB are read, and the rest is not waited for', async () => {
  let sent = 0
  const large = await site((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/plain' })
    const more = () => {
      while (sent < 10 * MB && !answer.destroyed) {
        sent += 100_000
        if (!answer.write('x'.repeat(100_000))) return void answer.once('drain', more)
      }
    }
    more()
  })
  const result = await fetchFrom(large)
  expect(result).toMatchObject({ cut: true, length: 2 * MB })
  expect(result.text).toHaveLength(40_000)
  await vi.waitFor(() => expect(large.sockets.size).toBe(0))
})

it.each([
  ['gzip', gzipSync(Buffer.alloc(60 * MB, 'x'))],
  ['br', brotliCompressSync(Buffer.alloc(60 * MB, 'x'))],
])('[X9] a small %s answer that inflates to 60 MB is inflated to 2 MB', async (encoding, body) => {
  const bomb = await site(says(body, { 'content-type': 'text/plain', 'content-encoding': encoding }))
  expect(await fetchFrom(bomb)).toMatchObject({ cut: true, length: 2 * MB })
})

it('[X9] an answer that inflates to nothing ends too', async () => {
  const empty = gzipSync('')
  const endless = await site((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' })
    const members = Buffer.concat(Array.from({ length: 5_000 }, () => empty))
    const more = () => {
      while (!answer.destroyed && answer.write(members));
      if (!answer.destroyed) answer.once('drain', more)
    }
    more()
  })
  await expect(fetchFrom(endless)).rejects.toMatchObject(refusal('The answer is too large.'))
})

it('[X9] encodings that were not asked for, several of them, and broken ones are refused', async () => {
  for (const [encoding, message] of [
    ['zstd', /compressed its answer in a way it was not asked for/],
    ['gzip, gzip', /compressed its answer in a way it was not asked for/],
    ['gzip', /not compressed as it says/],
    ['br', /not compressed as it says/],
  ] as const) {
    const strange = await site(says('plain', { 'content-type': 'text/plain', 'content-encoding': encoding }))
    await expect(fetchFrom(strange)).rejects.toMatchObject(refusal(message))
  }
})

it('[X9] headers past 16 kB are refused', async () => {
  const { origin } = await site(says('x', { 'x-large': 'x'.repeat(20_000) }))
  await expect(fetchWith({ allow: [origin] }, { url: origin })).rejects.toMatchObject(
    refusal(/headers .* too large/),
  )
})

it('[X10] a server that does not answer, and one that stops within the body, are given up', async () => {
  const silent = await site(() => {})
  const stalling = await site((_request, answer) => void answer.writeHead(200).write('x'))
  const givenUp = async ({ origin, sockets }: Site) => {
    await expect(
      fetchWith({ allow: [origin], limits: { idle: 100 } }, { url: origin }),
    ).rejects.toMatchObject(refusal(/stopped answering/))
    await vi.waitFor(() => expect(sockets.size).toBe(0))
  }
  await Promise.all([silent, stalling].map(givenUp))
})

it('[X10] a server that sends a byte now and then is given up when the whole time is over', async () => {
  const { origin, sockets } = await site((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/plain' })
    const timer = setInterval(() => answer.write('x'), 20)
    answer.on('close', () => clearInterval(timer))
  })
  await expect(fetchWith({ allow: [origin], limits: { whole: 300 } }, { url: origin })).rejects.toMatchObject(
    refusal('The page took longer than 0.3 seconds.'),
  )
  await vi.waitFor(() => expect(sockets.size).toBe(0))
})

it('[X10] the time runs while a name is looked up', async () => {
  const resolve = () => new Promise<never>(() => {})
  await expect(
    fetchWith({ resolve, limits: { whole: 50 } }, { url: 'http://slow.example/' }),
  ).rejects.toMatchObject(refusal('The page took longer than 0.05 seconds.'))
})

it('[X11] the caller’s abort ends it at once, in headers, body and look-up, and the socket is gone', async () => {
  const silent = await site(() => {})
  const stalling = await site((_request, answer) => void answer.writeHead(200).write('x'))
  for (const { origin, sockets } of [silent, stalling]) {
    const stop = new AbortController()
    const running = fetchWith({ allow: [origin] }, { url: origin }, stop.signal)
    const ended = expect(running).rejects.toMatchObject(refusal('The fetch was stopped.'))
    await vi.waitFor(() => expect(sockets.size).toBe(1))
    stop.abort()
    await ended
    await vi.waitFor(() => expect(sockets.size).toBe(0))
  }
  const resolve = () => new Promise<never>(() => {})
  const before = AbortSignal.abort()
  await expect(fetchWith({ resolve }, { url: 'http://slow.example/' }, before)).rejects.toMatchObject(
    refusal('The fetch was stopped.'),
  )
})
