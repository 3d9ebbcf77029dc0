import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { onTestFinished } from 'vitest'

export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

const TYPES: Record<string, string> = { '.js': 'text/javascript', '.css': 'text/css' }

/** An app of somebody else: these files, by their names, from an origin of its own; any other path is `index.html`. */
export async function startApp(files: Record<string, string | Buffer>): Promise<{ origin: string }> {
  const server = createServer(({ url = '/' }, response) => {
    const name = new URL(url, 'http://app').pathname.slice(1)
    response.setHeader('content-type', TYPES[extname(name)] ?? 'text/html')
    response.end(files[name] ?? files['index.html'])
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

const dist = (path: string) => join(ROOT, 'client/dist', path)
/** The package as an app has it that installed it. */
export const INSTALLED = {
  '@colloquy/client/workspace': dist('drop-in/workspace.js'),
  '@colloquy/client/react': dist('react.js'),
  '@colloquy/client/team': dist('team.js'),
  '@colloquy/client': dist('index.js'),
}

/** A script with all that it imports, as an app's bundler makes it. */
export async function bundled(
  code: string,
  resolveDir: string,
  alias: Record<string, string> = {},
): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: code, loader: 'tsx', resolveDir },
    bundle: true,
    write: false,
    format: 'esm',
    jsx: 'automatic',
    alias,
    define: { 'process.env.NODE_ENV': '"production"' },
  })
  return outputFiles[0]?.text ?? ''
}

/** The page that mounts such a script. */
export const SCRIPT_PAGE =
  '<!doctype html><html lang="en"><title>App</title><link rel="icon" href="data:,"><body><main id="app"></main><script type="module" src="/app.js"></script>'
