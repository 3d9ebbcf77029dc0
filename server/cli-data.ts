import { readSettings, SettingsError } from './settings.ts'
import { SETTINGS_FILE } from './settings-schema.ts'

/** What a command about the data folder was called with. */
export interface DataCommand {
  /** The file it is about. */
  file: string
  /** The data folder, by the same rules as the server's: flag, environment, settings file, default. */
  folder: string
}

interface Sources {
  /** What follows the command's name. */
  argv: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** The text of the settings file, if there is one. */
  settingsFile?: string | undefined
}

/**
 * Reads `FILE [--data <folder>]`. Other settings are not looked at: who restores has perhaps none yet.
 * @returns null when it is called otherwise
 * @throws SettingsError when the folder cannot be told
 */
export function readDataCommand({ argv, env, settingsFile }: Sources): DataCommand | null {
  const flags: string[] = []
  const files: string[] = []
  for (let at = 0; at < argv.length; at++) {
    const each = argv[at] ?? ''
    if (each === '--data') flags.push(each, ...argv.slice(++at, at + 1))
    else if (each.startsWith('--data=')) flags.push(each)
    else if (each.startsWith('-')) return null
    else files.push(each)
  }
  const [file, ...more] = files
  if (file === undefined || file === '' || more.length > 0) return null
  const { COLLOQUY_DATA } = env
  const { data: folder } = readSettings({
    argv: flags,
    env: { COLLOQUY_DATA },
    file: dataAlone(settingsFile),
  })
  return { file, folder }
}

function dataAlone(settingsFile: string | undefined): string | undefined {
  if (settingsFile === undefined) return undefined
  try {
    const { data } = JSON.parse(settingsFile) as { data?: unknown }
    return JSON.stringify({ data })
  } catch {
    throw new SettingsError([`${SETTINGS_FILE} is not a JSON object`])
  }
}
