import { readFile } from 'node:fs/promises'
import { SettingsError } from './settings.ts'
import { SETTINGS_FILE } from './settings-schema.ts'

/** The text of the settings file; undefined when there is none. @throws SettingsError */
export function settingsFile(): Promise<string | undefined> {
  return readFile(SETTINGS_FILE, 'utf8').catch(({ code }: NodeJS.ErrnoException) => {
    if (code === 'ENOENT') return undefined
    throw new SettingsError([`${SETTINGS_FILE} cannot be read: ${code}`])
  })
}
