import { basename, dirname, resolve } from 'node:path'
import fastifyStatic from '@fastify/static'
import type { FastifyInstance } from 'fastify'

/** The example page; nothing else of its folder is served. */
const PAGES = {
  '/': 'index.html',
  '/index.html': 'index.html',
  '/main.js': 'main.js',
  '/style.css': 'style.css',
}

export interface PageFiles {
  staticFolder?: string | undefined
  clientBundle?: string | undefined
}

/** The example page at `/`, and the client as one module at `/client.js`. */
export async function registerPages(
  app: FastifyInstance,
  { staticFolder, clientBundle }: PageFiles,
): Promise<void> {
  if (staticFolder === undefined && clientBundle === undefined) return
  await app.register(fastifyStatic, { serve: false })
  if (staticFolder !== undefined) {
    for (const [url, file] of Object.entries(PAGES)) serve(app, url, resolve(staticFolder), file)
  }
  if (clientBundle !== undefined)
    serve(app, '/client.js', dirname(resolve(clientBundle)), basename(clientBundle))
}

function serve(app: FastifyInstance, url: string, folder: string, file: string): void {
  app.get(url, { schema: { hide: true } }, (_request, reply) => reply.sendFile(file, folder))
}
