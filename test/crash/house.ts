import type { Snapshot } from '@colloquy/client'
import type { ExportAnswer } from '@colloquy/shared/answers'
import { onTestFinished } from 'vitest'
import { FaultProxy } from '../kit/fault-proxy.ts'
import { ModelServer } from '../kit/model-server.ts'
import { FAILPOINT_SERVER, ServerProcess } from '../kit/process.ts'
import { writeScript } from '../kit/script.ts'
import { temporaryFolder } from '../kit/server.ts'
import { ToolServer } from '../kit/tool-server.ts'
import { endsOf } from './group.ts'
import { call } from './rounds.ts'

/** How much faster a server's time runs where its patience is tested. */
export const FAST = 20

interface HouseOptions {
  /** ms between two chunks of the model. */
  pace?: number
  /** The server's time runs `FAST` times faster. */
  fast?: boolean
}

/** A server, its model and its tools, and networks between them that can be made bad. All go when the test ends. */
export async function house({ pace = 5, fast = false }: HouseOptions = {}) {
  const [model, tools, data] = await Promise.all([
    ModelServer.start({ pace }),
    ToolServer.start(),
    temporaryFolder(),
  ])
  const [toModel, toTools] = await Promise.all([FaultProxy.start(model.url), FaultProxy.start(tools.url)])
  const settings = { ...model.settings(toModel.url), COLLOQUY_TOOLS: tools.setting(toTools.url) }
  const clock = { CLOCK_RATE: String(FAST), CLOCK_FROM: String(Date.now()) }
  const server = fast
    ? await ServerProcess.prepare(data, { ...settings, ...clock }, FAILPOINT_SERVER)
    : await ServerProcess.prepare(data, settings)
  await server.start()
  const toServer = await FaultProxy.start(server.url)
  onTestFinished(async () => {
    await Promise.all([toModel, toTools, toServer, model, tools].map((part) => part.close()))
  })
  return { server, model, tools, toModel, toTools, toServer }
}

/** A script that says something, calls a tool and says something more. */
export function oneCall(tool: string, id: string): string {
  return writeScript(id, [
    { say: `${id} begins, and takes its time with it.`, calls: [call(tool, id)] },
    { say: `${id} has been done.` },
  ])
}

/** Somebody sees an answer appear. */
export function streams({ messages }: Snapshot): boolean {
  const last = messages.at(-1)
  return last?.metadata.status === 'streaming' && last.parts.length > 0
}

/** How often turns and calls ended in which way, such as `{ 'turn done': 2, 'keyed.add ok': 2 }`. */
export function tally(exported: ExportAnswer): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const what of endsOf(exported)) counts[what] = (counts[what] ?? 0) + 1
  return counts
}
