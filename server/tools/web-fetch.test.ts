import net, { type Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'
import { asker } from '../../test/kit/people.ts'
import { fetchFrom, fetchWith, redirect, refusal, says, site } from './web-fetch.fixture.ts'
import { createWebFetch } from './web-fetch.ts'

it('[X0] it reads, may be repeated, and consults nothing that is not public', () => {
  const { name, effect, replay, audience, approver } = createWebFetch()
  expect({
    name,
    effect,
    replay,
    approver,
    audience: audience({ url: 'https://example.org/' }, asker()),
  }).toEqual({
    name: 'web.fetch',
    effect: 'read',
    replay: 'safe',
    approver: undefined,
    audience: 'everyone',
  })
})

it('[X1] arguments are a URL, a schema and a length, nothing else', () => {
  const { input } = createWebFetch()
  const good = { url: 'https://example.org/', extract: { type: 'object' }, maxLength: 40_000 }
  expect(input.safeParse(good).success).toBe(true)
  for (const bad of [
    {},
    { ...good, method: 'POST' },
    { url: 'x'.repeat(2_049) },
    { ...good, maxLength: 40_001 },
  ]) {
    expect(input.safeParse(bad).success).toBe(false)
  }
})

describe('what may be fetched', () => {
  it.each([
    ['ftp://example.org/', 'Only http and https URLs can be fetched.'],
    ['file:///etc/passwd', 'Only http and https URLs can be fetched.'],
    ['data:text/plain,x', 'Only http and https URLs can be fetched.'],
    ['javascript:1', 'Only http and https URLs can be fetched.'],
    ['/relative', 'This is not a URL.'],
    ['http://user@example.org/', 'A URL with a name or password in it is not fetched.'],
    ['http://:pw@example.org/', 'A URL with a name or password in it is not fetched.'],
    ['http://example.org:8080/', 'Only the standard ports 80 (http) and 443 (https) can be fetched.'],
    ['http://example.org:443/', 'Only the standard ports 80 (http) and 443 (https) can be fetched.'],
    [`http://example.org/${'ä'.repeat(400)}`, 'The URL is longer than 2048 characters.'],
  ])('[X1] %s is refused before anything is looked up', async (url, message) => {
    await expect(fetchWith({}, { url })).rejects.toMatchObject(refusal(message))
  })

  it.each([
    'http://127.0.0.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.1/',
    'http://①②⑦.0.0.1/',
    'http://0/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:7f00:1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://[fd00:ec2::254]/',
    'http://169.254.169.254/latest/meta-data/',
    'http://127.0.0.1./',
    'https://10.0.0.1/',
  ])('[X3] %s is refused, however it is spelled, without a look-up', async (url) => {
    const resolve = vi.fn(async () => ['93.184.215.14'])
    await expect(fetchWith({ resolve }, { url })).rejects.toMatchObject(
      refusal(/^No public address is known for ".*"\.$/),
    )
    expect(resolve).not.toHaveBeenCalled()
  })

  it.each([
    'localhost',
    'localhost.',
    'db.internal',
    '127.0.0.1.nip.io',
    'xn--bcher-kva.example',
    'bücher.example',
  ])('[X3] %s is refused for what it resolves to', async (host) => {
    const resolve = vi.fn(async () => ['127.0.0.1'])
    await expect(fetchWith({ resolve }, { url: `http://${host}/` })).rejects.toMatchObject(
      refusal(`No public address is known for "${new URL(`http://${host}`).hostname}".`),
    )
    expect(resolve).toHaveBeenCalledOnce()
  })

  it('[X2] one private address among public ones, no address and a failing look-up are the same refusal', async () => {
    const answers = [
      async () => ['93.184.215.14', '10.0.0.1'],
      async () => [],
      async () => Promise.reject(new Error('SERVFAIL 10.0.0.53')),
    ]
    for (const resolve of answers) {
      await expect(fetchWith({ resolve }, { url: 'http://x.example/' })).rejects.toMatchObject(
        refusal('No public address is known for "x.example".'),
      )
    }
  })

  it('[X4] a name that changes its address is looked up once, and connected to at the address that was checked', async () => {
    const { origin, requests } = await site(says('rebound'))
    const resolve = vi.fn(async () => ['127.0.0.1']).mockResolvedValueOnce(['93.184.215.14'])
    const asked: unknown[] = []
    const connect = net.connect as (options: net.TcpNetConnectOpts) => Socket
    const spy = vi.spyOn(net, 'connect').mockImplementation(((options: net.TcpNetConnectOpts) => {
      options.lookup?.(options.host ?? '', { all: true }, (_error, addresses) =>
        asked.push(options.host, addresses),
      )
      return connect({ host: '127.0.0.1', port: Number(new URL(origin).port) })
    }) as typeof net.connect)
    const result = await fetchWith({ resolve }, { url: 'http://rebind.example/' }).finally(() =>
      spy.mockRestore(),
    )
    expect(result.text).toBe('rebound')
    expect(requests).toEqual(['GET /'])
    expect(resolve).toHaveBeenCalledOnce()
    expect(asked).toEqual(['rebind.example', [{ address: '93.184.215.14', family: 4 }]])
  })

  it('[X6] an origin that the operator allows may be private; the same host on another port may not', async () => {
    const open = await site(says('wiki'))
    const other = await site(says('secret'))
    expect((await fetchFrom(open)).text).toBe('wiki')
    await expect(fetchWith({ allow: [open.origin] }, { url: other.origin })).rejects.toMatchObject(
      refusal(/ports/),
    )
    await expect(
      fetchWith({ allow: [open.origin] }, { url: open.origin.replace('http', 'https') }),
    ).rejects.toMatchObject(refusal(/ports/))
    expect(other.requests).toEqual([])
  })

  it('[X6] what is allowed must be an origin', () => {
    for (const allow of [
      'wiki.internal',
      'http://wiki.internal/path',
      'ftp://wiki.internal',
      'http://a:b@wiki',
    ]) {
      expect(() => createWebFetch({ allow: [allow] })).toThrow('is not an origin')
    }
  })
})

describe('redirects', () => {
  it.each([301, 302, 303, 307, 308])(
    '[X5] %i is followed by GET, relative to where it stands',
    async (status) => {
      const moved = await site((request, answer) => {
        if (request.url === '/a/b') answer.writeHead(status, { location: '../c?d' }).end('moved')
        else says('there')(request, answer)
      })
      const result = await fetchFrom(moved, '/a/b')
      expect(result).toMatchObject({
        url: `${moved.origin}/a/b`,
        finalUrl: `${moved.origin}/c?d`,
        text: 'there',
      })
      expect(moved.requests).toEqual(['GET /a/b', 'GET /c?d'])
    },
  )

  it.each([
    ['http://169.254.169.254/', /^No public address/],
    ['http://[::1]/', /^No public address/],
    ['http://127.0.0.1.nip.io/', /^No public address/],
    ['//0x7f000001/', /^No public address/],
    ['http://user:pw@example.org/', /name or password/],
    ['http://example.org:22/', /standard ports/],
    ['file:///etc/passwd', /Only http and https/],
    ['http://[', /not a URL/],
  ])('[X5] a redirect to %s is refused like a URL', async (location, message) => {
    const { origin } = await site(redirect(location))
    const resolve = async () => ['127.0.0.1']
    await expect(fetchWith({ allow: [origin], resolve }, { url: origin })).rejects.toMatchObject(
      refusal(message),
    )
  })

  it('[X5] no more than five redirects are followed', async () => {
    const chain = await site((request, answer) => {
      const left = Number(request.url?.slice(1))
      ;(left > 0 ? redirect(`/${left - 1}`) : says('end'))(request, answer)
    })
    expect((await fetchFrom(chain, '/5')).text).toBe('end')
    await expect(fetchFrom(chain, '/6')).rejects.toMatchObject(
      refusal('More than 5 redirects are not followed.'),
    )
    expect(chain.requests).toHaveLength(12)
  })
})
