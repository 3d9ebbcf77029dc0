import type { ToolInfo, WorkspaceInfo } from '@colloquy/client/team'
import { expect, it } from 'vitest'
import { isOffered, pinnedWith, serverTools } from './offered.ts'

const tool = (name: string): ToolInfo => ({ name, description: '', effect: 'read' })
const info = (pinned: string[] | null): WorkspaceInfo => ({
  ...{ name: 'Team', models: ['offline'], tools: [] },
  ...{ allTools: [tool('a'), tool('b')], pinned },
})

it('[U73] taking one tool away pins the others; a pinned one that is away stays pinned', () => {
  const all = serverTools(info(null))
  expect(['a', 'b'].map((name) => isOffered(all, name))).toEqual([true, true])
  expect(pinnedWith(all, 'a', false)).toEqual(['b'])
  const some = serverTools(info(['b', 'gone']))
  expect(some.tools.map(({ name, effect }) => [name, effect])).toEqual([
    ['a', 'read'],
    ['b', 'read'],
    ['gone', undefined],
  ])
  expect(isOffered(some, 'a')).toBe(false)
  expect(pinnedWith(some, 'a', true)).toEqual(['b', 'gone', 'a'])
  expect(pinnedWith(some, 'b', false)).toEqual(['gone'])
})
