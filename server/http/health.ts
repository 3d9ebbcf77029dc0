import { ColloquyError } from '@colloquy/shared'
import { okAnswer } from '@colloquy/shared/answers'
import { type Api, noQuery, refusalAnswers } from './contract.ts'

/** Asked every few seconds by machines: no rate limit, and no line in the log. */
const quiet = { config: { rateLimit: false }, logLevel: 'warn' } as const
const tags = ['operation']

/** For whoever runs the server: is the process alive, may it get traffic. */
export function healthRoutes(app: Api, ready: () => boolean): void {
  app.get(
    '/healthz',
    {
      ...quiet,
      schema: {
        tags,
        operationId: 'health',
        summary: 'The process is alive',
        security: [],
        querystring: noQuery,
        response: { 200: okAnswer.describe('Alive') },
      },
    },
    () => ({ ok: true as const }),
  )
  app.get(
    '/readyz',
    {
      ...quiet,
      schema: {
        tags,
        operationId: 'readiness',
        summary: 'The process takes work',
        security: [],
        querystring: noQuery,
        response: { ...refusalAnswers(['DRAINING']), 200: okAnswer.describe('Ready') },
      },
    },
    () => {
      if (!ready()) throw new ColloquyError('DRAINING', 'This process takes no work now.')
      return { ok: true as const }
    },
  )
}
