import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { firstSession } from './first-session.ts'
import { createLogger } from './http/logging.ts'
import { JournalError } from './journal/journal.ts'
import { readSettings, SETTINGS_FILE, type Settings, SettingsError } from './settings.ts'
import { type Server, startServer } from './start.ts'

// The command line: settings in, a running server out, one clear line when it cannot run.

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

async function main(): Promise<void> {
  const file = await readFile(SETTINGS_FILE, 'utf8').catch(() => undefined)
  const settings = readSettings({ argv: process.argv.slice(2), env: process.env, file })
  const log = createLogger({ level: settings.mode === 'production' ? 'info' : 'warn' })
  const pages = {
    staticFolder: here('../test/examples/vanilla'),
    clientBundle: here('../client/dist/browser.js'),
  }
  const server = await startServer(settings, { log, pages })
  stopOnSignal(server)
  await announce(server, settings)
}

async function announce(server: Server, settings: Settings): Promise<void> {
  const model = settings.model.map((spec) => spec.name).join(', ')
  console.log(`\n  Colloquy listens on ${server.url}  ·  model: ${model}  ·  data: ${settings.data}\n`)
  if (settings.mode === 'production') return
  console.log('  Development mode: these links sign in whoever has them. Each signs in its own tab.\n')
  const links = settings.seed === 'none' ? [] : await firstSession(server)
  for (const { who, url } of links) console.log(`  ${who.padEnd(14)} ${url}`)
  console.log('')
}

function stopOnSignal(server: Server): void {
  let stopping = false
  const stop = () => {
    // A second Ctrl-C does not wait.
    if (stopping) process.exit(130)
    stopping = true
    server.stop().then(
      () => process.exit(0),
      (error) => {
        console.error(error)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', stop)
  process.on('SIGTERM', stop)
}

main().catch((error: unknown) => {
  const known = error instanceof SettingsError || error instanceof JournalError
  const inUse = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (known) console.error(error.message)
  else if (inUse) console.error('The port is in use: stop what listens there, or choose another with --port.')
  else console.error(error)
  process.exit(1)
})
