import { fileURLToPath } from 'node:url'
import { ColloquyError } from '@colloquy/shared'
import { waysIn } from './access/ways-in.ts'
import { type Control, openControl } from './control.ts'
import { firstSession } from './first-session.ts'
import { createLogger } from './http/logging.ts'
import type { Journal } from './journal/journal.ts'
import type { Log } from './log.ts'
import { OFFLINE } from './model/offline.ts'
import { readSettings, type Settings, SettingsError } from './settings.ts'
import { settingsFile } from './settings-file.ts'
import { asksForHelp, helpText } from './settings-help.ts'
import { type Server, startServer, whyNotStarted } from './start.ts'

// The command line: settings in, a running server out, one clear line when it cannot run.

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

async function main(argv: readonly string[]): Promise<void> {
  if (asksForHelp(argv)) return console.log(helpText())
  const settings = readSettings({ argv, env: process.env, file: await settingsFile() })
  const log = createLogger({ level: settings.mode === 'production' ? 'info' : 'warn' })
  const pages = {
    staticFolder: here('../test/examples/vanilla'),
    clientBundle: here('../client/dist/browser.js'),
    clientElement: here('../client/dist/element.js'),
    clientPackage: here('../client/dist/client.tgz'),
    workspaceFolder: here('../client/dist/workspace'),
  }
  let stored: Journal | undefined
  const wrapJournal = (journal: Journal) => {
    stored = journal
    return journal
  }
  const server = await startServer(settings, { log, pages, wrapJournal, died: () => endNow(log) })
  // A store that servers share has backups of its own.
  const control = stored?.copy && (await openControl(settings.data, stored, log))
  stopOnSignal(server, control)
  await announce(server, settings)
}

async function announce(server: Server, settings: Settings): Promise<void> {
  const model = settings.model.map((spec) => spec.name).join(', ')
  const store =
    settings.redisUrl === undefined ? `data: ${settings.data}` : `Redis: ${placeOf(settings.redisUrl)}`
  console.log(`\n  Colloquy listens on ${server.url}  ·  model: ${model}  ·  ${store}\n`)
  if (settings.mode === 'production') {
    for (const line of waysIn(settings, settings.publicUrl ?? server.url)) console.log(`  ${line}`.trimEnd())
    console.log('')
    return
  }
  console.log('  Development mode: these links sign in whoever has them. Each signs in its own tab.\n')
  const links = settings.seed === 'none' ? [] : await firstSession(server, isFree(settings)).catch(noLinks)
  for (const { who, url } of links) console.log(`  ${who.padEnd(14)} ${url}`)
  console.log('')
}

/** Without the user and the password that may stand there. */
function placeOf(url: string): string {
  return new URL(url).host
}

/** Nobody asked for calls of a model that somebody pays for. */
function isFree({ model: [first] }: Settings): boolean {
  return first?.name === OFFLINE
}

/** The first session is a courtesy: that its owner has left it does not stop the server. */
function noLinks(error: unknown): [] {
  if (!(error instanceof ColloquyError)) throw error
  console.log('  The owner of the first session has left it: there are no links for it any more.')
  return []
}

/** Whoever supervises the process starts it again; a server that can store nothing helps nobody. */
function endNow(log: Log): void {
  log.error({}, 'nothing can be stored any more: ending, so that the server can be started again')
  process.exit(1)
}

function stopOnSignal(server: Server, control: Control | undefined): void {
  let stopping = false
  const stop = () => {
    // A second Ctrl-C does not wait.
    if (stopping) process.exit(130)
    stopping = true
    console.log('\n  Stopping: what runs may finish first, a few seconds at most. Again stops at once.')
    const stopped = async () => {
      await control?.close()
      await server.stop()
    }
    stopped().then(
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

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : (whyNotStarted(error) ?? error))
  process.exit(1)
})
