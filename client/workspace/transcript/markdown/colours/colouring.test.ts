import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Coloured, Colouring } from './colouring.ts'
import { Painter } from './painter.ts'
import type { Job, Request } from './protocol.ts'

/** A worker that answers when it is told to. */
class HandWorker extends EventTarget {
  readonly jobs: Job[] = []
  ended = false

  postMessage(request: Request): void {
    if ('text' in request) this.jobs.push(request)
  }

  terminate(): void {
    this.ended = true
  }

  answer(): void {
    const lines =
      this.jobs
        .at(-1)
        ?.text.split('\n')
        .map((text) => [[text, 'red']]) ?? null
    this.dispatchEvent(new MessageEvent('message', { data: lines }))
  }
}

const workers: HandWorker[] = []
let painter: Painter
let seen: Coloured[]
const worker = () => workers.at(-1) ?? expect.unreachable('a worker was started')
const colouring = () => new Colouring('ts', (coloured) => seen.push(coloured), painter)

async function answer(): Promise<void> {
  await settled()
  worker().answer()
  await settled()
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve()
}

beforeEach(() => {
  vi.useFakeTimers()
  workers.length = 0
  seen = []
  const start = () => {
    const started = new HandWorker()
    workers.push(started)
    return started
  }
  painter = new Painter(start, () => Promise.resolve([]))
})

afterEach(() => {
  vi.useRealTimers()
})

describe('colouring a block that grows', () => {
  it('[U76] only lines that are new and whole are read, the last one when the block has ended', async () => {
    const block = colouring()
    block.show('one', false)
    expect(workers).toEqual([])
    block.show('one\ntw', false)
    await answer()
    block.show('one\ntwo\nthree', false)
    await answer()
    block.show('one\ntwo\nthree', true)
    await answer()
    expect(worker().jobs.map(({ text }) => text)).toEqual(['one', 'two', 'three'])
    expect(worker().jobs.map(({ more }) => more)).toEqual([true, true, false])
    expect(seen.map(({ text }) => text)).toEqual(['one\n', 'one\ntwo\n', 'one\ntwo\nthree'])
    expect(seen.at(-1)?.lines).toHaveLength(3)
  })

  it('[U76] what was coloured once has its colours at once', async () => {
    colouring().show('known before', true)
    await answer()
    expect(Colouring.known('ts', 'known before')?.lines).toHaveLength(1)
    colouring().show('known before', true)
    await settled()
    expect(worker().jobs).toHaveLength(1)
    expect(seen).toHaveLength(2)
  })

  it('[U76] another text begins anew', async () => {
    const block = colouring()
    block.show('one\ntwo\n', false)
    await answer()
    block.show('else\n', false)
    expect(seen.at(-1)).toEqual({ text: '', lines: [] })
    await answer()
    expect(seen.at(-1)?.text).toBe('else\n')
  })

  it('[U76] of a very long block the rest stays plain', async () => {
    const block = colouring()
    block.show('line\n'.repeat(10_000), true)
    for (let turn = 0; turn < 100; turn++) await answer()
    expect(seen.at(-1)?.lines).toHaveLength(2_000)
    expect(worker().jobs).toHaveLength(25)
    seen = []
    colouring().show(`${'x'.repeat(60_000)}\n`, true)
    await answer()
    expect(seen).toEqual([])
  })

  it('[U76] a worker that does not answer is ended; its block stays plain, others do not', async () => {
    const [first, second] = [colouring(), colouring()]
    first.show('endless\n', true)
    second.show('other\n', true)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(workers.map(({ ended }) => ended)).toEqual([true, false])
    await answer()
    expect(seen.map(({ text }) => text)).toEqual(['other\n'])
    first.show('endless\nmore\n', true)
    await settled()
    expect(worker().jobs).toHaveLength(1)
  })

  it('[U76] where no worker can be had the page stops asking for one', async () => {
    for (let block = 0; block < 9; block++) {
      colouring().show('some\n', true)
      await settled()
      workers.at(-1)?.dispatchEvent(new Event('error'))
      await settled()
    }
    expect(workers).toHaveLength(5)
  })

  it('[U76] where a page may have no worker, or has no grammar, code stays plain', async () => {
    const forbidden = () => {
      throw new Error('SecurityError')
    }
    const start = () => expect.unreachable('nothing is started without a grammar')
    for (const without of [
      new Painter(forbidden, () => Promise.resolve([])),
      new Painter(start, () => Promise.reject(new Error('offline'))),
    ]) {
      expect(await without.paint({ block: 1, language: 'typescript', text: 'plain', more: false })).toBeNull()
    }
  })

  it('[U76] what has left the screen is not read any more', async () => {
    const [first, second] = [colouring(), colouring()]
    first.show('one\n', true)
    second.show('two\n', true)
    second.close()
    await answer()
    await answer()
    expect(worker().jobs.map(({ text }) => text)).toEqual(['one'])
  })
})
