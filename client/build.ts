/**
 * Builds `dist/`, which is the published package: `node client/build.ts`, then `npm publish client/dist`.
 *
 * - `index.js`, `react.js`, `team.js`, `ai-sdk.js`: ES modules with `shared` inside, and chunks with what they share; yjs and its
 *   companions stay imports, so that an app has one yjs, and React is the app's.
 * - `element.js`: `<colloquy-session>`, for apps and, as the server's `/element.js`, for pages without a bundler.
 * - `drop-in/`: a session of the workspace as a React component, and `styles.css` for it.
 * - `browser.js`: `index.js` with everything inside, for a page without a bundler. The server has it at `/client.js`.
 * - `types/`: the declarations that they reach, those of `shared` among them.
 * - `package.json`: `exports` for these files. The one in the repo names the sources, which tests run as they
 *   are; npm knows no second set of `exports` for publishing.
 * - `client.tgz`: all of it packed. The server has it at `/client.tgz`, for `npm install <server>/client.tgz`.
 *
 * `dist/workspace/` belongs to the workspace's own build and stays.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { buildDropIn } from './build-drop-in.ts'

/** Bytes, gzipped, of everything that a page loads to take part in a session. */
const BUDGET = 40 * 1024
/** The client stays usable while these are what it drags in. */
const FORBIDDEN = /node_modules\/(zod|ai)\//

/** `npm start` builds first, and what it prints after that is what people should read. */
const QUIET = process.env.npm_config_loglevel === 'silent'

const here = import.meta.dirname
const dist = join(here, 'dist')
const manifest = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'))

/** What an app that installs the package has. */
const brought = [...Object.keys(manifest.dependencies), ...Object.keys(manifest.peerDependencies)]

clear()
const forApps = await bundle({
  entryPoints: [
    { in: join(here, 'index.ts'), out: 'index' },
    { in: join(here, 'react/index.ts'), out: 'react' },
    { in: join(here, 'team.ts'), out: 'team' },
    { in: join(here, 'element.ts'), out: 'element' },
    { in: join(here, 'ai-sdk/index.ts'), out: 'ai-sdk' },
  ],
  splitting: true,
  chunkNames: 'chunk-[hash]',
  external: brought.flatMap((name) => [name, `${name}/*`]),
})
const forPages = await bundle({
  entryPoints: [{ in: join(here, 'index.ts'), out: 'browser' }],
  minify: true,
  alias: { 'lib0/logging': fileURLToPath(import.meta.resolve('./plain-logging.ts')) },
})
await buildDropIn(join(dist, 'drop-in'), [...brought, manifest.name])
declarations()
writePackage()
pack()
check([...forApps, ...forPages])
await lint()

function clear(): void {
  if (!existsSync(dist)) return
  for (const name of readdirSync(dist)) {
    if (name !== 'workspace') rmSync(join(dist, name), { recursive: true })
  }
}

/** @returns the files that went in */
async function bundle(options: BuildOptions): Promise<string[]> {
  const { metafile } = await build({
    outdir: dist,
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    ...options,
    metafile: true,
  })
  return Object.keys(metafile?.inputs ?? {})
}

function check(inputs: string[]): void {
  const unwanted = inputs.filter((input) => FORBIDDEN.test(input))
  if (unwanted.length > 0) throw new Error(`not for a browser: ${unwanted.join(', ')}`)
  const size = gzipSync(readFileSync(join(dist, 'browser.js')), { level: 9 }).length
  if (!QUIET) console.log(`client: ${(size / 1024).toFixed(1)} kB gzipped of ${BUDGET / 1024}`)
  if (size > BUDGET) throw new Error('the client is over its budget')
}

/**
 * Emits declarations and keeps those that the package's users can reach. Whatever of `shared` is among those stands in
 * the configuration's `files`: one that is found by its package's name as well may count as foreign, and is not emitted.
 */
function declarations(): void {
  const emitted = join(dist, 'emitted')
  rmSync(emitted, { recursive: true, force: true })
  const tsc = join(here, '../node_modules/typescript/bin/tsc')
  execFileSync(process.execPath, [tsc, '-p', join(here, 'tsconfig.build.json')], { stdio: 'inherit' })
  const wanted = [
    'client/index.d.ts',
    'client/react/index.d.ts',
    'client/team.d.ts',
    'client/element.d.ts',
    'client/ai-sdk/index.d.ts',
    'client/workspace/drop-in/index.d.ts',
  ]
  for (const file of wanted) {
    // Styles are the app's to import.
    const text = readFileSync(join(emitted, file), 'utf8')
      .replace(/^import '.*\.css';\n/gm, '')
      .replace(/^((?:import|export)\b[^']*?from )'([^']+)'/gm, (_, before: string, specifier: string) => {
        const target = targetOf(file, specifier)
        if (target === null) return foreign(file, specifier, before)
        if (!wanted.includes(target)) wanted.push(target)
        const path = relative(dirname(file), target).replace(/\.d\.ts$/, '.js')
        return `${before}'${path.startsWith('.') ? path : `./${path}`}'`
      })
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
  return /\.tsx?$/.test(source) ? source.replace(/\.tsx?$/, '.d.ts') : null
}

function foreign(file: string, specifier: string, before: string): string {
  const known = brought.some((name) => specifier.startsWith(name))
  if (!known) throw new Error(`the types in ${file} need ${specifier}, which the package does not bring`)
  return `${before}'${specifier}'`
}

function writePackage(): void {
  const { name, version, type, license, engines, dependencies, peerDependencies, peerDependenciesMeta } =
    manifest
  const types = './types/client/index.d.ts'
  const exports = {
    '.': { types, default: './index.js' },
    './react': { types: './types/client/react/index.d.ts', default: './react.js' },
    './ai-sdk': { types: './types/client/ai-sdk/index.d.ts', default: './ai-sdk.js' },
    './element': { types: './types/client/element.d.ts', default: './element.js' },
    './team': { types: './types/client/team.d.ts', default: './team.js' },
    './workspace': {
      types: './types/client/workspace/drop-in/index.d.ts',
      default: './drop-in/workspace.js',
    },
    './styles.css': './drop-in/styles.css',
    './browser': { types, default: './browser.js' },
  }
  const published = {
    ...{
      name,
      version,
      license,
      type,
      engines,
      sideEffects: ['./element.js', '*.css'],
      exports,
      files: ['*.js', 'drop-in', 'types'],
    },
    ...{ dependencies, peerDependencies, peerDependenciesMeta },
  }
  writeFileSync(join(dist, 'package.json'), `${JSON.stringify(published, null, 2)}\n`)
}

/** What `npm publish` would send. */
function pack(): void {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['pack', '--json', '--offline', '--ignore-scripts', '--loglevel=error']
  const shell = process.platform === 'win32'
  const answer: unknown = JSON.parse(execFileSync(npm, args, { cwd: dist, encoding: 'utf8', shell }))
  const [packed] = Array.isArray(answer) ? answer : []
  renameSync(join(dist, packed.filename), join(dist, 'client.tgz'))
}

/** What a bundler or Node would stumble over in the package, as it is packed. */
async function lint(): Promise<void> {
  const { buffer } = Uint8Array.from(readFileSync(join(dist, 'client.tgz')))
  const { messages, pkg } = await publint({ pack: { tarball: buffer }, strict: true })
  if (messages.length === 0) return
  throw new Error(messages.map((message) => formatMessage(message, pkg, { color: false })).join('\n'))
}
