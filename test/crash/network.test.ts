import { setTimeout as sleep } from 'node:timers/promises'
import type { MessagePart, Session } from '@colloquy/client'
import { expect, it } from 'vitest'
import { writeScript } from '../kit/script.ts'
import { until } from '../kit/until.ts'
import { Group } from './group.ts'
import { FAST, house, oneCall, streams, tally } from './house.ts'
import { call } from './rounds.ts'

// Nothing dies here: what is slow, cut off or silent looks as if it had.

it('[R13] clients whose connections are slow, cut and reset see every answer once', async () => {
  const { server, model, tools, toServer } = await house({ pace: 20 })
  const group = await Group.gather(server, ['ana', 'bo'], toServer.url)
  const harm = [
    () => Object.assign(toServer.toClient, { delay: 150 }),
    () => toServer.cut(),
    () => toServer.reset(),
    () => Object.assign(toServer.toClient, { cutAfter: 2_000 }),
    () => Object.assign(toServer.toServer, { cutAfter: 300 }),
  ]
  for (const [n, act] of harm.entries()) {
    const asked = group.askers.map((asker) => asker.ask(oneCall('keyed.add', `${n}-${asker.who}`)))
    await until(group.first.client, streams)
    act()
    await Promise.all(asked)
    toServer.heal()
  }
  expect(await group.wrong(model, tools)).toEqual([])
  expect(tally(await group.export())).toEqual({ 'turn done': 10, 'keyed.add ok': 10 })
})

it('[R13] a provider that is slow, cut off or silent in the middle of an answer: each answer is whole, and no committed step is asked for again', async () => {
  const { server, model, tools, toModel } = await house({ pace: 20, fast: true })
  const group = await Group.gather(server, ['ana', 'bo'])
  const harm = [
    () => Object.assign(toModel.toClient, { delay: 200 }),
    () => toModel.cut(),
    () => toModel.reset(),
    () => Object.assign(toModel.toClient, { cutAfter: 900 }),
    () => toModel.silence(),
    // Two steps after this one go wrong as well, each at its first attempt.
    () => model.failures.push({ kind: 'busy', retryAfter: 15 }, { kind: 'error' }),
    () => model.failures.push({ kind: 'cut', after: 2 }, { kind: 'unfinished', after: 2 }),
    () => model.failures.push({ kind: 'malformed', after: 2 }, { kind: 'hang', after: 2 }),
  ]
  for (const [n, act] of harm.entries()) {
    const asked = group.askers.map((asker) => asker.ask(oneCall('keyed.add', `${n}-${asker.who}`)))
    await until(group.first.client, streams)
    act()
    // Past the 30 s that a provider may fall silent in the middle of an answer.
    await sleep(40_000 / FAST)
    toModel.heal()
    await Promise.all(asked)
  }
  expect(await group.wrong(model, tools)).toEqual([])
  expect(tally(await group.export())).toEqual({ 'turn done': 16, 'keyed.add ok': 16 })
})

it('[R13] a tool that is slow, cut off or silent: what may be sent again is, with its key; an unsafe call never', async () => {
  const { server, model, tools, toTools } = await house({ fast: true })
  const group = await Group.gather(server, ['ana', 'bo'])
  const kinds = ['keyed.add', 'unsafe.add', 'safe.read', 'probed.add']
  const harm: Record<string, () => void> = {
    slow: () => Object.assign(toTools.toClient, { delay: 300 }),
    // The request has come, and its answer is lost.
    lost: () => Object.assign(toTools.toClient, { cutAfter: 1 }),
    silent: () => Object.assign(toTools.toClient, { silent: true }),
  }
  const outcomes: string[] = []
  for (const [what, act] of Object.entries(harm)) {
    for (const tool of kinds) {
      act()
      const asked = group.first.ask(oneCall(tool, `${what}-${tool}`))
      // A call that gets no answer is given up after 60 s.
      if (what === 'silent') await sleep(61_000 / FAST)
      await Promise.race([asked, sleep(1_000)])
      toTools.heal()
      await asked
      const [, ended] = lastParts(group.first.client)
      outcomes.push(`${what} ${ended}`)
    }
  }
  expect(await group.wrong(model, tools)).toEqual([])
  expect(outcomes).toEqual([
    ...['slow keyed.add ok', 'slow unsafe.add ok', 'slow safe.read ok', 'slow probed.add ok'],
    ...[
      'lost keyed.add ok',
      'lost unsafe.add unknown TOOL_FAILED',
      'lost safe.read ok',
      'lost probed.add ok',
    ],
    ...[
      'silent keyed.add ok',
      'silent unsafe.add unknown TOOL_TIMEOUT',
      'silent safe.read error TOOL_TIMEOUT',
      'silent probed.add ok',
    ],
  ])
})

it('[Q15] tools that break, hang, say too much or something else than they promise end their call and not the turn', async () => {
  const { server, model, tools } = await house({ fast: true })
  const group = await Group.gather(server, ['ana'])
  const names = ['broken.add', 'hanging.add', 'huge.read', 'wrong.read', 'garbled.read']
  const calls = names.map((name) => call(name, name))
  await group.first.ask(writeScript('all', [{ calls }, { say: 'That did not go well.' }]))
  expect(await group.wrong(model, tools)).toEqual([])
  expect(lastParts(group.first.client)).toEqual([
    'broken.add error TOOL_FAILED',
    'hanging.add unknown TOOL_TIMEOUT',
    'huge.read error RESULT_TOO_LARGE',
    'wrong.read error RESULT_INVALID',
    'garbled.read error RESULT_INVALID',
    'That did not go well.',
  ])
})

/** What the last answer says, and how its calls ended. */
function lastParts(client: Session): string[] {
  const parts: readonly MessagePart[] = client.snapshot().messages.at(-1)?.parts ?? []
  return parts.map((part) => {
    if (part.type === 'text') return part.text
    const { outcome, reason = '' } = part.toolMetadata
    return `${part.toolName} ${outcome} ${reason}`.trim()
  })
}
