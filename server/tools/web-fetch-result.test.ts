import { once } from 'node:events'
import net, { type AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { RESULT_LENGTH } from '@colloquy/shared'
import { expect, it, onTestFinished, vi } from 'vitest'
import { fetchFrom, fetchWith, refusal, says, site } from './web-fetch.fixture.ts'

it('[X12] a failing connection is one sentence that holds no address', async () => {
  const server = net.createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const origin = `http://localhost:${(server.address() as AddressInfo).port}`
  const failure = refusal(/^"localhost:\d+" could not be reached, or closed the connection early\.$/)
  await expect(fetchWith({ allow: [origin] }, { url: origin })).rejects.toMatchObject(failure)
  await new Promise((closed) => server.close(closed))
  await expect(fetchWith({ allow: [origin] }, { url: origin })).rejects.toMatchObject(failure)
})

it('[X12] what does not speak HTTP, and a body shorter than it was announced, are errors', async () => {
  const server = net.createServer(
    (socket) => void socket.on('error', () => {}).end('SSH-2.0-OpenSSH\r\n\r\n'),
  )
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void server.close())
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  await expect(fetchWith({ allow: [origin] }, { url: origin })).rejects.toMatchObject(
    refusal(/does not answer in HTTP/),
  )
  const short = await site((_request, answer) => {
    answer.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' }).write('x')
    setImmediate(() => answer.destroy())
  })
  await expect(fetchFrom(short)).rejects.toMatchObject(refusal(/closed the connection early/))
})

it('[X13] an error status is a result, with the beginning of what the server says', async () => {
  const extract = { type: 'object', properties: { price: { type: 'number' } } }
  const gone = await site(says(`Price: 1\n${'x'.repeat(5_000)}`, { 'content-type': 'text/plain' }, 404))
  const result = await fetchFrom(gone, '/', { extract })
  expect(result).toMatchObject({ status: 404, cut: true, length: 5_009 })
  expect(result.text).toHaveLength(2_000)
  expect(result).not.toHaveProperty('extracted')
  const picture = await site(says('PNG', { 'content-type': 'image/png' }, 500))
  expect(await fetchFrom(picture)).toMatchObject({
    status: 500,
    contentType: 'image/png',
    text: '',
    cut: false,
  })
})

it.each(['image/png', 'image/svg+xml', 'application/pdf', 'application/octet-stream', 'video/mp4'])(
  '[X14] %s is refused by its name, unread',
  async (type) => {
    const { origin, sockets } = await site(
      (_request, answer) => void answer.writeHead(200, { 'content-type': type }).write('x'),
    )
    await expect(fetchWith({ allow: [origin] }, { url: origin })).rejects.toMatchObject(
      refusal(`The URL holds ${type}, which cannot be read as text.`),
    )
    await vi.waitFor(() => expect(sockets.size).toBe(0))
  },
)

it('[X16] a page comes back as text, with its title and what was looked for', async () => {
  const page = '<html><head><title>Widget</title></head><body><h1>Widget</h1><p>Price: 12</p></body></html>'
  const shop = await site(says(gzipSync(page), { 'content-type': 'text/html', 'content-encoding': 'gzip' }))
  const properties = { price: { type: 'number' }, stock: { type: 'number' } }
  expect(await fetchFrom(shop, '/w', { extract: { type: 'object', properties } })).toEqual({
    url: `${shop.origin}/w`,
    finalUrl: `${shop.origin}/w`,
    status: 200,
    contentType: 'text/html',
    title: 'Widget',
    text: '# Widget\n\nPrice: 12',
    length: 19,
    cut: false,
    extracted: {
      values: { price: 12 },
      sources: { price: 'text' },
      missing: ['stock'],
      drifted: [],
      ambiguous: [],
    },
  })
})

it('[X18] a result fits into what a turn keeps, whatever its characters are as JSON', async () => {
  const quotes = await site(says('"'.repeat(100_000)))
  const result = await fetchFrom(quotes)
  expect(result).toMatchObject({ cut: true, length: 100_000 })
  expect(JSON.stringify(result).length).toBeLessThanOrEqual(RESULT_LENGTH)
  expect(result.text.length).toBeGreaterThan(30_000)
  expect((await fetchFrom(quotes, '/', { maxLength: 10 })).text).toBe('"'.repeat(10))
})

it('[X19] a schema that is not supported is refused before anything is fetched', async () => {
  const shop = await site(says('x'))
  await expect(fetchFrom(shop, '/', { extract: { type: 'array' } })).rejects.toMatchObject(
    refusal(/must have type "object"/),
  )
  expect(shop.requests).toEqual([])
})
