import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { AppOptions } from './app.ts'
import { type Edge, openEdge } from './edge.fixture.ts'

async function edgeWith(options: Partial<AppOptions>): Promise<Edge> {
  const edge = await openEdge(options)
  onTestFinished(async () => {
    await edge.app.close()
  })
  return edge
}

/** A folder with these files, each holding `content of <path>`. */
async function folderOf(...files: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'colloquy-pages-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  for (const file of files) {
    await mkdir(dirname(join(folder, file)), { recursive: true })
    await writeFile(join(folder, file), `content of ${file}`)
  }
  return folder
}
const example = () => folderOf('index.html', 'main.js', 'style.css', 'secret.txt')
const workspace = () =>
  folderOf('index.html', 'secret.txt', 'assets/index-1a2b.js', 'assets/sub/x.css', 'assets/.env')

const got = async (edge: Edge, url: string) => {
  const { statusCode, headers, body } = await edge.app.inject(url)
  return [statusCode, String(headers['content-type']).replace(/^application\/java/, 'text/java'), body]
}
const html = (file: string) => [200, 'text/html; charset=utf-8', `content of ${file}`]
const script = (file: string) => [200, 'text/javascript; charset=utf-8', `content of ${file}`]

describe('pages', () => {
  it('[H35] the example page and the client are served, and nothing beside them', async () => {
    const folder = await example()
    const dist = await folderOf('browser.js', 'element.js', 'client.tgz', 'secret.txt')
    const [clientBundle, clientPackage] = [join(dist, 'browser.js'), join(dist, 'client.tgz')]
    const clientElement = join(dist, 'element.js')
    const edge = await edgeWith({ staticFolder: folder, clientBundle, clientElement, clientPackage })
    expect(await got(edge, '/element.js')).toEqual(script('element.js'))
    for (const under of ['/', '/examples/vanilla/']) {
      for (const page of ['', 'index.html', '?session=s1']) {
        expect(await got(edge, under + page)).toEqual(html('index.html'))
      }
      expect(await got(edge, `${under}main.js`)).toEqual(script('main.js'))
      expect(await got(edge, `${under}style.css`)).toEqual([
        ...[200, 'text/css; charset=utf-8', 'content of style.css'],
      ])
    }
    expect(await got(edge, '/client.js')).toEqual(script('browser.js'))
    expect(await got(edge, '/client.tgz')).toEqual([200, 'application/gzip', 'content of client.tgz'])
    expect((await edge.app.inject('/client.tgz')).headers['content-encoding']).toBeUndefined()
    for (const name of [
      'secret.txt',
      'browser.js',
      '../secret.txt',
      '%2e%2e/secret.txt',
      's/s1',
      'assets/x',
    ]) {
      for (const under of ['/', '/examples/vanilla/']) {
        expect((await edge.app.inject(under + name)).statusCode, name).toBe(404)
      }
    }
    await rm(join(folder, 'main.js'))
    expect((await edge.ask(null, { url: '/main.js' })).code).toBe('NOT_FOUND')
  })

  it('[H59] the built workspace is at / and at every session; the example keeps its own place', async () => {
    const edge = await edgeWith({ staticFolder: await example(), workspaceFolder: await workspace() })
    for (const url of ['/', '/s/s_abc', '/?x=1', '/s/s_abc?message=m1', '/embed/s/s_abc?theme=dark']) {
      expect(await got(edge, url), url).toEqual(html('index.html'))
      expect((await edge.app.inject(url)).headers['cache-control']).toBe('no-cache')
    }
    expect((await edge.app.inject('/examples/vanilla/main.js')).statusCode).toBe(200)
    for (const url of ['/main.js', '/style.css', '/secret.txt', '/s', '/s/a/b', '/nothing']) {
      expect((await edge.ask(null, { url })).code, url).toBe('NOT_FOUND')
    }
  })

  it('[H59] who opens an address that is none gets the workspace, which says so; anything else gets an error', async () => {
    const edge = await edgeWith({ workspaceFolder: await workspace() })
    const ask = (url: string) => edge.app.inject({ url, headers: { accept: 'text/html,*/*;q=0.8' } })
    for (const url of ['/nothing', '/s/a/b', '/s']) {
      const { statusCode, body, headers } = await ask(url)
      expect([statusCode, body], url).toEqual([404, 'content of index.html'])
      expect(headers['cache-control']).toBe('no-cache')
    }
    for (const url of ['/api/v1/nothing', '/api/v1/sessions/none']) {
      expect((await ask(url)).json(), url).toHaveProperty('error.code')
    }
    expect((await edge.app.inject({ method: 'POST', url: '/nothing' })).json()).toHaveProperty('error.code')
  })

  it('[H60] its assets are kept for a year; nothing above or hidden among them is served', async () => {
    const edge = await edgeWith({ workspaceFolder: await workspace() })
    expect(await got(edge, '/assets/index-1a2b.js')).toEqual(script('assets/index-1a2b.js'))
    const { headers } = await edge.app.inject('/assets/sub/x.css')
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
    for (const path of [
      ...['', 'none.js', '.env', 'sub', 'sub/', '../secret.txt', '%2e%2e/secret.txt', '..%2fsecret.txt'],
      ...['sub/../../secret.txt', '/secret.txt', '%00', '..%5csecret.txt'],
    ]) {
      const { statusCode, body, headers } = await edge.app.inject(`/assets/${path}`)
      expect(statusCode, path).toBe(404)
      expect(body).not.toContain('content of')
      expect(headers['cache-control']).toBeUndefined()
    }
  })

  it('[H61] until it is built, the example page stands in for it', async () => {
    const edge = await edgeWith({ staticFolder: await example(), workspaceFolder: await folderOf('x.txt') })
    expect(await got(edge, '/')).toEqual(html('index.html'))
    expect((await edge.app.inject('/main.js')).statusCode).toBe(200)
    expect((await edge.app.inject('/s/s_abc')).statusCode).toBe(404)
  })

  it('[H67] they are not counted: a team behind one address opens them as often as it likes', async () => {
    const dist = await folderOf('browser.js', 'client.tgz')
    const edge = await edgeWith({
      ...{
        staticFolder: await example(),
        workspaceFolder: await workspace(),
        limits: { requestsPerMinute: 1 },
      },
      ...{ clientBundle: join(dist, 'browser.js'), clientPackage: join(dist, 'client.tgz') },
    })
    const urls = ['/', '/s/s_abc', '/assets/index-1a2b.js', '/client.js', '/client.tgz', '/examples/vanilla/']
    for (const url of [...urls, ...urls]) expect((await edge.app.inject(url)).statusCode, url).toBe(200)
    expect((await edge.ask(null, { url: '/api/v1/me' })).status).toBe(401)
    expect((await edge.ask(null, { url: '/api/v1/me' })).status).toBe(429)
  })

  it('[H72] whoever may frame them is told to anybody, and named sites alone may load the element', async () => {
    const origins = async (embedOrigins?: string[]) => {
      const edge = await edgeWith({ ...(embedOrigins ? { embedOrigins } : {}) })
      const { headers, body } = await edge.app.inject({
        url: '/embed/origins',
        headers: { origin: 'https://foe.example' },
      })
      expect([headers['access-control-allow-origin'], headers['cache-control']]).toEqual(['*', 'no-store'])
      return JSON.parse(body)
    }
    expect(await origins()).toEqual({ origins: [] })
    expect(await origins(['https://app.example/x', 'http://localhost:5173'])).toEqual({
      origins: ['https://app.example', 'http://localhost:5173'],
    })
    const clientElement = join(await folderOf('element.js'), 'element.js')
    const edge = await edgeWith({ embedOrigins: ['https://app.example'], clientElement })
    const allowed = async (origin: string) =>
      (await edge.app.inject({ url: '/element.js', headers: { origin } })).headers[
        'access-control-allow-origin'
      ]
    expect(await allowed('https://app.example')).toBe('https://app.example')
    expect(await allowed('https://foe.example')).toBeUndefined()
  })

  it('[H62] pages are in no description, and need no credential nor Origin', async () => {
    const edge = await edgeWith({ staticFolder: await example(), workspaceFolder: await workspace() })
    const { paths } = (await edge.app.inject('/openapi.json')).json<{ paths: object }>()
    expect(Object.keys(paths).filter((path) => !/^\/(api\/v1\/|healthz|readyz)/.test(path))).toEqual([])
    const headers = { cookie: 'colloquy=x', 'sec-fetch-site': 'cross-site' }
    expect((await edge.app.inject({ url: '/s/s_abc', headers })).statusCode).toBe(200)
  })
})
