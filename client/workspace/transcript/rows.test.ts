import type { Message } from '@colloquy/client'
import { expect, it } from 'vitest'
import { rowsOf } from './rows.ts'

const ana = { id: 'ana', name: 'Ana' }

function entry(id: string, over: Partial<Message>, metadata: Partial<Message['metadata']> = {}): Message {
  return {
    ...{ id, role: 'assistant', laneId: 'main', audience: 'everyone', parts: [], ...over },
    metadata: { seq: 1, promptId: 'p1', turnId: 't1', author: ana, at: 1_000, status: 'done', ...metadata },
  } as Message
}

const asked = entry('m1', { role: 'user' })
const placeholder = entry('m2', {}, { status: 'narrowed' })
const rest = entry('m3', { laneId: 'l1', audience: ['ana'] }, { continues: 'm2', status: 'failed' })
const shared = { by: ana, at: 2_000, messageId: 'm0' }

it('[U37] a placeholder knows whether what it stands for is here', () => {
  const goesOn = (messages: Message[]) => rowsOf(messages).map((row) => row.goesOn)
  expect(goesOn([asked, placeholder, rest])).toEqual([false, true, false])
  expect(goesOn([asked, placeholder])).toEqual([false, false])
})

it('[U27] no copy is asked again: its question was asked in another place', () => {
  const copy = entry('m4', { role: 'user', laneId: 'l2', audience: ['ana', 'bo'] }, { shared })
  expect(rowsOf([copy])[0]?.askable).toBe(false)
})

it('[U27] what was taken back is not asked again, whatever stands between', () => {
  const gone = entry('m1', { role: 'user' }, { retractedAt: 3_000 })
  const between = entry('m9', { role: 'user' }, { promptId: 'p2' })
  expect(rowsOf([gone, between, placeholder]).map(({ askable }) => askable)).toEqual([false, true, false])
})

it('[LR15] what goes on here was asked elsewhere, and is taken back there', () => {
  const question = entry('m5', { role: 'user', laneId: 'l1', audience: ['ana'] }, { continues: 'm2' })
  expect(rowsOf([asked, question, rest]).map(({ ownWords }) => ownWords)).toEqual([true, false, true])
})

it('[U27] the first of a day', () => {
  const late = entry('m9', {}, { at: 1_000 + 86_400_000 })
  expect(rowsOf([asked, placeholder, late]).map(({ newDay }) => newDay)).toEqual([true, false, true])
})
