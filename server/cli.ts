import { backup } from './cli-backup.ts'
import { type DataCommand, readDataCommand } from './cli-data.ts'
import { restore } from './cli-restore.ts'
import { BackupError } from './journal/backup-file.ts'
import { JournalError } from './journal/journal.ts'
import { SettingsError } from './settings.ts'
import { settingsFile } from './settings-file.ts'

// The commands about a data folder, apart from `main.ts`: they need none of the server.

const COMMANDS: Readonly<Record<string, (given: DataCommand) => string | Promise<string>>> = {
  backup,
  restore,
}

async function main([word = '', ...argv]: readonly string[]): Promise<void> {
  const usage = `Usage: npm run ${word} -- FILE [--data <folder>]`
  if (argv.includes('--help') || argv.includes('-h')) return console.log(usage)
  const given = readDataCommand({ argv, env: process.env, settingsFile: await settingsFile() })
  if (!given) throw new BackupError(usage)
  console.log(await COMMANDS[word]?.(given))
}

main(process.argv.slice(2)).catch((error: unknown) => {
  const told = [BackupError, JournalError, SettingsError].some((kind) => error instanceof kind)
  console.error(told ? (error as Error).message : error)
  process.exit(1)
})
