/**
 * Builds `dist/`, which is the published package: `node client/build.ts`, then `npm publish client/dist`.
 *
 * - `index.js`: ES module with `shared` inside; yjs and its companions stay imports, so that an app has one yjs.
 * - `browser.js`: the same with everything inside, for a page without a bundler. The server has it at `/client.js`.
 * - `types/`: the declarations that `index.d.ts` reaches, those of `shared` among them.
 * - `package.json`: `exports` for these files. The one in the repo names the sources, which tests run as they
 *   are; npm knows no second set of `exports` for publishing.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

/** Bytes, gzipped, of everything that a page loads to take part in a session. */
const BUDGET = 40 * 1024
/** The client stays usable while these are what it drags in. */
const FORBIDDEN = /node_modules\/(zod|ai)\//

const here = import.meta.dirname
const dist = join(here, 'dist')
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))

rmSync(dist, { recursive: true, force: true })
await bundle('index.js', {
  external: Object.keys(manifest.dependencies).flatMap((name) => [name, `${name}/*`]),
})
const inputs = await bundle('browser.js', { minify: true })
declarations()
writePackage()
check(inputs)

async function bundle(file: string, options: { external?: string[]; minify?: boolean }): Promise<string[]> {
  const { metafile } = await build({
    entryPoints: [join(here, 'index.ts')],
    outfile: join(dist, file),
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    metafile: true,
    ...options,
  })
  return Object.keys(metafile.inputs)
}

function check(inputs: string[]): void {
  const unwanted = inputs.filter((input) => FORBIDDEN.test(input))
  if (unwanted.length > 0) throw new Error(`not for a browser: ${unwanted.join(', ')}`)
  const size = gzipSync(readFileSync(join(dist, 'browser.js')), { level: 9 }).length
  console.log(`client: ${(size / 1024).toFixed(1)} kB gzipped of ${BUDGET / 1024}`)
  if (size > BUDGET) throw new Error('the client is over its budget')
}

/** Emits declarations and keeps those that the package's users can reach. */
function declarations(): void {
  const emitted = join(dist, 'emitted')
  const tsc = join(here, '../node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json')], { stdio: 'inherit' })
  const wanted = ['client/index.d.ts']
  for (const file of wanted) {
    const text = readFileSync(join(emitted, file), 'utf8').replace(
      /^((?:import|export)\b[^']*?from )'([^']+)'/gm,
      (_, before: string, specifier: string) => {
        const target = targetOf(file, specifier)
        if (target === null) return foreign(file, specifier, before)
        if (!wanted.includes(target)) wanted.push(target)
        const path = relative(dirname(file), target).replace(/\.d\.ts$/, '.js')
        return `${before}'${path.startsWith('.') ? path : `./${path}`}'`
      },
    )
    mkdirSync(dirname(join(dist, 'types', file)), { recursive: true })
    writeFileSync(join(dist, 'types', file), text)
  }
  rmSync(emitted, { recursive: true })
}

/** The declaration file, from the folder of all of them, that `specifier` in `file` stands for; null: another's. */
function targetOf(file: string, specifier: string): string | null {
  const source = specifier.startsWith('.')
    ? join(dirname(file), specifier)
    : specifier.replace(/^@colloquy\/(shared\/.+)$/, '$1.ts')
  return source.endsWith('.ts') ? source.replace(/\.ts$/, '.d.ts') : null
}

function foreign(file: string, specifier: string, before: string): string {
  const known = Object.keys(manifest.dependencies).some((name) => specifier.startsWith(name))
  if (!known) throw new Error(`the types in ${file} need ${specifier}, which the package does not bring`)
  return `${before}'${specifier}'`
}

function writePackage(): void {
  const { name, version, type, license, dependencies } = manifest
  const types = './types/client/index.d.ts'
  const exports = { '.': { types, default: './index.js' }, './browser': { types, default: './browser.js' } }
  const published = { name, version, license, type, sideEffects: false, exports, dependencies }
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
}
