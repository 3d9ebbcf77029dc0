import { instantModel } from './model.ts'
import { quiet, stage } from './stage.ts'
import { type Figure, quantile } from './table.ts'

const PROMPTS = 1000
const WARM = 100

/** From the moment a client sends a prompt over HTTP to the model's call, two durable writes included. */
export async function accept(): Promise<Figure[]> {
  let calledAt = 0
  const model = instantModel('ok', () => {
    calledAt = performance.now()
  })
  const on = await stage({ model })
  const toModel: number[] = []
  const toAnswer: number[] = []
  for (let n = 0; n < PROMPTS + WARM; n++) {
    const sentAt = performance.now()
    await on.submit(`prompt ${n}`)
    const answeredAt = performance.now()
    await quiet(on)
    if (n < WARM) continue
    toAnswer.push(answeredAt - sentAt)
    toModel.push(calledAt - sentAt)
  }
  await on.close()
  const time = (what: string, value: number, bound?: number): Figure => ({
    ...{ what, value, unit: 'ms', kind: 'time' },
    ...(bound === undefined ? {} : { bound }),
  })
  return [
    time('HTTP prompt to model call, p50', quantile(toModel, 0.5), 5),
    time('HTTP prompt to model call, p99', quantile(toModel, 0.99), 25),
    time('HTTP prompt to 202, p50', quantile(toAnswer, 0.5)),
    time('HTTP prompt to 202, p99', quantile(toAnswer, 0.99)),
  ]
}
