import { DEFAULT_LIMITS, type Message } from '@colloquy/shared'
import { expect, it, onTestFinished } from 'vitest'
import { FINGERPRINT } from '../../server/access/fingerprint.fixture.ts'
import { OPEN_RIGHTS } from '../../server/access/rights.ts'
import { createLogger } from '../../server/http/logging.ts'
import { openSqliteJournal } from '../../server/journal/sqlite-journal.ts'
import { forkStory } from '../../server/session/fork-story.ts'
import { readContent } from '../../server/session/lane-doc.ts'
import { Sessions } from '../../server/session/sessions.ts'
import { createToolbox } from '../../server/tools/toolbox.ts'
import { ManualClock } from '../kit/clock.ts'
import { hookedJournal, type JournalHooks } from '../kit/faulty-journal.ts'
import { principal } from '../kit/people.ts'
import { recordingRooms } from '../kit/recording.ts'
import { temporaryFolder } from '../kit/server.ts'

const COUNT = 60
const limits = { ...DEFAULT_LIMITS, segmentMessages: 20, segmentCarry: 6 }
const ana = { id: 'ana', name: 'ana' }
const textOf = (message: Message) => message.parts.map((part) => ('text' in part ? part.text : '')).join('')

const said = Array.from(
  { length: COUNT },
  (_, i): Message => ({
    ...{ id: `x${i}`, role: i % 2 === 0 ? 'user' : 'assistant' },
    metadata: { seq: i + 1, promptId: 'p', turnId: `t${i}`, author: ana, at: 1, status: 'done' },
    parts: [{ type: 'text', text: `words ${i + 1}` }],
  }),
)

async function house(hooks: JournalHooks = {}) {
  const stored = await openSqliteJournal({ folder: await temporaryFolder() })
  const journal = hookedJournal(hooks)(stored)
  let ids = 0
  const newId = (prefix: string) => `${prefix}${++ids}`
  const open = () =>
    new Sessions(
      {
        ...{ journal, rooms: recordingRooms(() => undefined), clock: new ManualClock(), limits, newId },
        model: { defaultModel: 'm', models: ['m'], async *stream() {} },
        ...{ toolbox: createToolbox(() => []), rights: OPEN_RIGHTS, random: () => 0 },
        ...{ log: createLogger({ level: 'silent' }), teamText: () => '', fingerprint: FINGERPRINT },
      },
      { secret: new Uint8Array(32) },
    )
  const sessions = open()
  onTestFinished(async () => {
    await sessions.close(1_000)
    await stored.close()
  })
  return { sessions, story: forkStory({ messages: said, turns: [] }, ana, 1, newId, limits) }
}

it('[LR31] a long fork is a doc of its end and pages of the rest, all of which can be taken back', async () => {
  const { sessions, story } = await house()
  const source = await sessions.create(principal('ana'), 'new', 'T', story)
  const from = { sessionId: source.id, laneId: 'main', seq: COUNT }
  const { id, lanes } = await sessions.fork(principal('ana'), 'fork', from)
  const fork = await sessions.open(id)
  const doc = fork.lane(lanes[0]?.doc ?? '', 'ana')?.doc
  const shown = doc ? readContent(doc).messages : []
  expect(shown.map(textOf)).toEqual(said.slice(-6).map(textOf))
  const older = await fork.messages(principal('ana'), 'main', shown[0]?.metadata.seq)
  expect((older.messages as Message[]).map(textOf)).toEqual(said.slice(4, -6).map(textOf))
  const { messages } = await fork.messages(principal('ana'), 'main', older.before ?? 0)
  expect((messages as Message[]).map(textOf)).toEqual(said.slice(0, 4).map(textOf))
  await fork.execute(principal('ana'), 'c1', { type: 'message.retract', messageId: messages[0]?.id ?? '' })
  expect(JSON.stringify(await fork.export(principal('ana')))).not.toContain('"words 1"')
})

it('[LR29] what is taken back after a fork has read it, and before it begins, is not in it', async () => {
  const hooks: JournalHooks = {}
  const { sessions, story } = await house(hooks)
  const { id: sessionId } = await sessions.create(principal('ana'), 'new', 'T', story)
  const source = await sessions.open(sessionId)
  const claimed = Promise.withResolvers<void>()
  const gate = Promise.withResolvers<void>()
  hooks.claim = async (claim) => {
    claimed.resolve()
    await gate.promise
    return claim()
  }
  const forked = sessions.fork(principal('ana'), 'fork', { sessionId, laneId: 'main', seq: 4 })
  await claimed.promise
  const [message] = (await source.messages(principal('ana'), 'main', 2)).messages
  await source.execute(principal('ana'), 'c1', { type: 'message.retract', messageId: message?.id ?? '' })
  gate.resolve()
  const fork = await sessions.open((await forked).id)
  const { messages } = await fork.export(principal('ana'))
  expect((messages as Message[]).map(textOf)).toEqual(['words 2', 'words 3', 'words 4'])
  expect(messages.map(({ metadata }) => metadata.seq)).toEqual([1, 2, 3])
})
