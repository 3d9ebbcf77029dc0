import type { UIMessage } from 'ai'
import { expectTypeOf, it } from 'vitest'
import type { Message } from './types/index.ts'

it('[C24] messages have the shape of the AI SDK', () => {
  expectTypeOf<Message>().toExtend<UIMessage>()
})
