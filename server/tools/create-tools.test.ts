import { afterEach, beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../../test/kit/clock.ts'
import { FINGERPRINT } from '../access/fingerprint.fixture.ts'
import { createResources } from '../access/resources.ts'
import { memoryJournal, open } from '../access/stream.fixture.ts'
import { BUILT_IN_TOOLS } from './built-in.ts'
import { createTools } from './create-tools.ts'
import { type McpFixture, quickClock, startMcp } from './mcp.fixture.ts'
import { httpTools, mcpServers } from './tool-settings.ts'

let mcp: McpFixture
beforeEach(async () => {
  mcp = await startMcp()
})
afterEach(() => mcp.close())

const log = { info: () => {}, warn: () => {}, error: () => {} }
const parts = async (clock = quickClock) => {
  const stream = await open(memoryJournal().journal)
  return { stream, resources: createResources({ stream, clock, fingerprint: FINGERPRINT }), clock, log }
}
const none = { tools: [], mcp: [], webAllow: [] }
const wiki = () =>
  mcpServers.parse([
    { name: 'wiki', url: mcp.url, tools: [{ name: 'search', effect: 'read', replay: 'safe' }] },
  ])

it('[Y23] without settings there are the built-in tools, whose names no setting may give', async () => {
  const tools = await createTools(none, await parts())
  expect(
    tools
      .all()
      .map(({ name }) => name)
      .sort(),
  ).toEqual([...BUILT_IN_TOOLS].sort())
})

it('[Y23] with them, all the others too, each the same thing whenever it is asked for', async () => {
  const [tool] = httpTools.parse([
    {
      name: 'crm',
      description: 'x',
      url: 'http://a/',
      input: { type: 'object' },
      effect: 'read',
      replay: 'safe',
    },
  ])
  const tools = await createTools({ ...none, tools: tool ? [tool] : [], mcp: wiki() }, await parts())
  const names = () => tools.all().map(({ name }) => name)
  await expect.poll(() => names().sort()).toEqual([...BUILT_IN_TOOLS, 'crm', 'wiki.search'].sort())
  expect(tools.all().every((each, at) => each === tools.all()[at])).toBe(true)
  tools.close()
})

it('[Y24] the start waits three seconds for a silent server, whose tools come later', async () => {
  const clock = new ManualClock()
  mcp.sabotage = () => true
  const starting = createTools({ ...none, mcp: wiki() }, await parts(clock))
  let started = false
  starting.then(() => {
    started = true
  })
  await expect.poll(() => mcp.requests.length).toBe(1)
  clock.advance(2_999)
  await new Promise(setImmediate)
  expect(started).toBe(false)
  clock.advance(1)
  const tools = await starting
  expect(tools.all()).toHaveLength(BUILT_IN_TOOLS.length)
  tools.close()
})
