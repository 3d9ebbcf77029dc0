import { describe, expect, it } from 'vitest'
import { readDataCommand } from './cli-data.ts'
import { SettingsError } from './settings.ts'

const read = (argv: string[], env = {}, settingsFile?: string) => readDataCommand({ argv, env, settingsFile })

describe('[Z9] a command about the data folder', () => {
  it('finds the folder as the server does: flag, environment, settings file, default', () => {
    const file = JSON.stringify({ data: '/from/file' })
    const env = { COLLOQUY_DATA: '/from/env' }
    expect(read(['f'])).toEqual({ file: 'f', folder: './data' })
    expect(read(['f'], {}, file)).toEqual({ file: 'f', folder: '/from/file' })
    expect(read(['f'], env, file)).toEqual({ file: 'f', folder: '/from/env' })
    expect(read(['f', '--data', '/flag'], env, file)).toEqual({ file: 'f', folder: '/flag' })
    expect(read(['--data=/flag', 'f'], env, file)).toEqual({ file: 'f', folder: '/flag' })
  })

  it('looks at no other setting', () => {
    const env = { PORT: 'many', NODE_ENV: 'production', COLLOQUY_HOST: '0.0.0.0' }
    expect(read(['f'], env, JSON.stringify({ port: 'x', nonsense: 1 }))).toEqual({
      file: 'f',
      folder: './data',
    })
  })

  it('is called with one file, or is told how', () => {
    for (const argv of [[], [''], ['a', 'b'], ['f', '--port=1'], ['f', '-x']]) expect(read(argv)).toBeNull()
  })

  it('cannot tell the folder from settings that cannot be read', () => {
    for (const file of ['{', 'null', JSON.stringify({ data: 7 })]) {
      expect(() => read(['f'], {}, file)).toThrow(SettingsError)
    }
    expect(() => read(['f', '--data'])).toThrow('--data needs a value')
  })
})
