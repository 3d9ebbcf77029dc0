import { LLMock } from '@copilotkit/aimock'
import { afterEach, beforeEach, expect, type MockInstance, vi } from 'vitest'
import type { ModelCall, ModelFault, ModelPart } from '../../server/model/port.ts'
import { ManualClock } from '../kit/clock.ts'
import { ask, collect, said } from './model.ts'
import { modelAt, type Wire, WireServer } from './model-wire.ts'

export const SECRET = 'the salary of Ben is 4711'

/** Servers of one test file, gone after each test; nothing may have been printed by then. */
export function useServers() {
  let cleanUp: (() => Promise<void>)[] = []
  let prints: MockInstance[] = []
  beforeEach(() => {
    prints = [vi.spyOn(console, 'error'), vi.spyOn(console, 'warn'), vi.spyOn(process, 'emitWarning')]
  })
  afterEach(async () => {
    for (const print of prints) expect(print).not.toHaveBeenCalled()
    vi.restoreAllMocks()
    await Promise.all(cleanUp.map((each) => each()))
    cleanUp = []
  })
  return {
    async serve(answer: Parameters<typeof WireServer.start>[0]): Promise<WireServer> {
      const server = await WireServer.start(answer)
      cleanUp.push(() => server.close())
      return server
    },
    async mocking(): Promise<LLMock> {
      const mock = new LLMock({ port: 0, chunkSize: 4 })
      await mock.start()
      cleanUp.push(() => mock.stop())
      return mock
    },
  }
}

/** All parts of a step against `url`. */
export function stepAt(wire: Wire, url: string, call: Partial<ModelCall> = {}): Promise<ModelPart[]> {
  const { port, id } = modelAt(wire, url)
  return collect(port.stream({ ...ask(id, SECRET), ...call }, new AbortController().signal))
}

/** What a step against `url` comes to: the text before the end, and the fault. */
export async function outcome(
  wire: Wire,
  url: string,
  clock = new ManualClock(),
): Promise<{ text: string; fault: ModelFault }> {
  const { port, id } = modelAt(wire, url, clock)
  const parts = await collect(port.stream(ask(id, SECRET), new AbortController().signal))
  return { text: said(parts), fault: faultOf(parts.at(-1)) }
}

export function faultOf(part: ModelPart | undefined): ModelFault {
  if (part?.type !== 'error') throw new Error(`ended with ${part?.type}`)
  return part.fault
}
