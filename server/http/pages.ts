import { existsSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { EMBED_PATH } from '@colloquy/shared/embed'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from './errors.ts'

/** The example page, whose links are relative; nothing else of its folder is served. */
const EXAMPLE = '/examples/vanilla/'
const EXAMPLE_FILES = ['index.html', 'main.js', 'style.css']
/** What the workspace takes for its own: the home, a session, a session in a frame, and what admins see. */
const WORKSPACE_PAGES = ['/', '/s/:id', `${EMBED_PATH}/s/:id`, '/admin', '/admin/:place']

/** Not counted either: one page is many files, and a whole team may come from one address. */
const hidden = { schema: { hide: true }, config: { rateLimit: false } } as const
/** The page names the assets of its build: an old one would ask for what is gone. */
const FRESH = { 'cache-control': 'no-cache' }
/** The name of an asset holds the hash of its content. */
const FOR_GOOD = { maxAge: '1y', immutable: true }
/** A part of an asset's path: nothing hidden, nothing that leads out of the folder. */
const ASSET_PART = /^\w[\w.@+~-]*$/

export interface PageFiles {
  /** The example page's folder. */
  staticFolder?: string | undefined
  /** The client as one module. */
  clientBundle?: string | undefined
  /** The element that shows a session in a frame. */
  clientElement?: string | undefined
  /** The client as npm packs it. */
  clientPackage?: string | undefined
  /** The built workspace: `index.html` and `assets/`. Without them the example page stands in for it. */
  workspaceFolder?: string | undefined
}

/** The workspace at `/`, the example page, and the client to import (`/client.js`, `/element.js`) or install (`/client.tgz`). */
export async function registerPages(
  app: FastifyInstance,
  files: PageFiles,
  embedOrigins: readonly string[],
): Promise<void> {
  const { staticFolder, clientBundle, clientElement, clientPackage, workspaceFolder } = files
  await app.register(fastifyStatic, { serve: false })
  const built = workspaceFolder !== undefined && existsSync(join(workspaceFolder, 'index.html'))
  if (built) workspacePages(app, resolve(workspaceFolder))
  // Whoever may frame a page may hand it a token, and nobody else: so the page in the frame asks who that is. The page
  // around it may find out why it may not; each answer's `frame-ancestors` tells the same.
  app.get(`${EMBED_PATH}/origins`, hidden, (_request, reply) =>
    reply
      .headers({ 'cache-control': 'no-store', 'access-control-allow-origin': '*' })
      .send({ origins: embedOrigins }),
  )
  if (staticFolder !== undefined) {
    examplePages(app, EXAMPLE, resolve(staticFolder))
    if (!built) examplePages(app, '/', resolve(staticFolder))
  }
  if (clientBundle !== undefined) serve(app, '/client.js', clientBundle)
  if (clientElement !== undefined) serve(app, '/element.js', clientElement)
  if (clientPackage !== undefined) serve(app, '/client.tgz', clientPackage, 'application/gzip')
}

function workspacePages(app: FastifyInstance, folder: string): void {
  for (const url of WORKSPACE_PAGES) {
    app.get(url, hidden, (_request, reply) =>
      reply.headers(FRESH).sendFile('index.html', folder, { cacheControl: false }),
    )
  }
  // Whoever comes to an address that is none finds the way from there; what is no page gets its error as elsewhere.
  app.get('/*', { schema: { hide: true } }, (request, reply) => {
    if (!wantsPage(request)) throw notFound()
    return reply.code(404).headers(FRESH).sendFile('index.html', folder, { cacheControl: false })
  })
  app.get<{ Params: { '*': string } }>('/assets/*', hidden, ({ params }, reply) => {
    const path = params['*']
    if (!path.split('/').every((part) => ASSET_PART.test(part))) throw notFound()
    return reply.sendFile(path, join(folder, 'assets'), FOR_GOOD)
  })
}

function wantsPage({ url, headers }: FastifyRequest): boolean {
  return !url.startsWith('/api/') && (headers.accept ?? '').includes('text/html')
}

function examplePages(app: FastifyInstance, under: string, folder: string): void {
  for (const file of EXAMPLE_FILES) serve(app, `${under}${file}`, join(folder, file))
  serve(app, under, join(folder, 'index.html'))
}

/** @param type in place of what the name's ending says */
function serve(app: FastifyInstance, url: string, path: string, type?: string): void {
  const folder = dirname(resolve(path))
  app.get(url, hidden, (_request, reply) => {
    if (type === undefined) return reply.sendFile(basename(path), folder)
    return reply.type(type).sendFile(basename(path), folder, { contentType: false })
  })
}
