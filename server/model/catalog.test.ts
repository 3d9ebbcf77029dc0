import { expect, it, vi } from 'vitest'
import { ask, collect } from '../../test/contract/model.ts'
import { createModel, type ModelSettings } from './catalog.ts'
import { parseModels } from './spec.ts'

function settings(setting: string): ModelSettings {
  const read = parseModels(setting)
  if ('problem' in read) throw new Error(read.problem)
  return { model: read.specs, offlineTps: 0, providers: { openai: {}, anthropic: {} } }
}

it('[L3] the first model is the default, and a prompt may name any', async () => {
  const port = createModel(settings('openai/gpt-5,offline'))
  expect([port.defaultModel, port.models]).toEqual(['openai/gpt-5', ['openai/gpt-5', 'offline']])
  const parts = await collect(port.stream(ask('offline', '/write 1'), new AbortController().signal))
  expect(parts.at(-1)).toMatchObject({ type: 'finish', finish: 'stop' })
})

it('[L4] a provider without its key is PROVIDER_AUTH', async () => {
  vi.stubEnv('OPENAI_API_KEY', undefined)
  const port = createModel(settings('openai/gpt-5'))
  const parts = await collect(port.stream(ask('openai/gpt-5', 'hello'), new AbortController().signal))
  vi.unstubAllEnvs()
  expect(parts).toMatchObject([{ type: 'error', fault: { code: 'PROVIDER_AUTH', retryable: false } }])
})
