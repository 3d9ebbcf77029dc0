import { expect, it } from 'vitest'
import { parseModels } from './spec.ts'

it('[L1] the setting names models; the first is the default', () => {
  expect(parseModels('openai/gpt-5, offline,https://ai.example/api/v1/#meta/llama-3')).toEqual({
    specs: [
      { provider: 'openai', name: 'openai/gpt-5', id: 'gpt-5' },
      { provider: 'offline', name: 'offline' },
      {
        provider: 'compatible',
        name: 'meta/llama-3',
        id: 'meta/llama-3',
        baseUrl: 'https://ai.example/api/v1',
      },
    ],
  })
})

it.each([
  ['', 'entry 1 must be'],
  ['offline,', 'entry 2 must be'],
  ['gpt-5', 'entry 1 must be'],
  ['openai/', 'entry 1 must be'],
  ['http://localhost:11434/v1', 'needs a model id'],
  ['http://key@localhost/v1#m', 'COLLOQUY_MODEL_KEY'],
  ['http://localhost/v1?key=k#m', 'COLLOQUY_MODEL_KEY'],
  ['http://#m', 'no URL'],
  ['offline,offline', 'names offline twice'],
  ['http://a/v1#m,http://b/v1#m', 'names m twice'],
])('[L2] %o is refused: %s', (setting, problem) => {
  expect(parseModels(setting)).toEqual({ problem: expect.stringContaining(problem) })
})
