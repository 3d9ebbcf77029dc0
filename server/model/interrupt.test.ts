import { expect, it } from 'vitest'
import { ManualClock } from '../../test/kit/clock.ts'
import { Interrupt, STEP_TIMEOUTS } from './interrupt.ts'

const hangs = () => new Promise<never>(() => {})

function waiting() {
  const clock = new ManualClock()
  const abort = new AbortController()
  return {
    clock,
    abort,
    interrupt: new Interrupt(clock, { firstToken: 60, betweenTokens: 30, step: 100 }, abort.signal),
  }
}

it('[W1] silence counts from the start of each wait, not while nobody waits', async () => {
  const { clock, interrupt } = waiting()
  expect(await interrupt.guard(Promise.resolve(1))).toEqual({ value: 1 })
  clock.advance(59)
  const wait = interrupt.guard(hangs())
  clock.advance(40)
  expect(interrupt.reason).toBeUndefined()
  clock.advance(1)
  expect(await wait).toMatchObject({ fault: { code: 'PROVIDER_TIMEOUT', detail: 'step 100 ms' } })
})

it('[W2] after the first token the shorter silence holds', async () => {
  const { clock, interrupt } = waiting()
  interrupt.sawToken()
  const wait = interrupt.guard(hangs())
  clock.advance(30)
  expect(await wait).toMatchObject({ fault: { code: 'PROVIDER_TIMEOUT', detail: 'silent for 30 ms' } })
})

it('[W5] a model that loads or thinks has minutes until its first token, however often it starts to think', async () => {
  expect(STEP_TIMEOUTS).toEqual({ firstToken: 300_000, betweenTokens: 30_000, step: 1_200_000 })
  const { clock, interrupt } = waiting()
  interrupt.sawToken()
  interrupt.thinks()
  const wait = interrupt.guard(hangs())
  clock.advance(59)
  expect(interrupt.reason).toBeUndefined()
  clock.advance(1)
  expect(await wait).toMatchObject({ fault: { code: 'PROVIDER_TIMEOUT', detail: 'silent for 60 ms' } })
})

it('[W5] in the middle of an answer signs of life end no silence; before it they do', async () => {
  const { clock, interrupt } = waiting()
  const ping = async (after: number) => {
    const work = Promise.withResolvers<void>()
    const wait = interrupt.guard(work.promise)
    clock.advance(after)
    work.resolve()
    const outcome = await wait
    interrupt.pinged()
    return outcome
  }
  expect(await ping(50)).toEqual({ value: undefined })
  expect(await ping(11)).toEqual({ value: undefined })
  interrupt.sawToken()
  expect(await ping(20)).toEqual({ value: undefined })
  expect(await ping(10)).toMatchObject({ fault: { code: 'PROVIDER_TIMEOUT' } })
})

it('[W3] an abort answers at once and stays the answer', async () => {
  const { clock, abort, interrupt } = waiting()
  const wait = interrupt.guard(hangs())
  abort.abort()
  clock.advance(1000)
  expect(await wait).toMatchObject({ fault: { code: 'ABORTED' } })
  expect(await interrupt.guard(Promise.resolve(1))).toMatchObject({ fault: { code: 'ABORTED' } })
  expect(interrupt.faultOf(new Error('late'))).toMatchObject({ code: 'ABORTED' })
})

it('[W4] a rejection is a fault, not a throw', async () => {
  const { interrupt } = waiting()
  const refused = Object.assign(new Error('no'), { statusCode: 401 })
  expect(await interrupt.guard(Promise.reject(refused))).toMatchObject({ fault: { code: 'PROVIDER_AUTH' } })
})
