import type { ServerResponse } from 'node:http'
import { searchAnswer } from '@colloquy/shared/answers'
import { searchQuery } from '@colloquy/shared/commands'
import { wordsOf } from '@colloquy/shared/search-words'
import { z } from 'zod'
import type { SessionsApi } from '../session/api.ts'
import { type Cursor, searchSessions } from '../session/search-sessions.ts'
import { actor } from './authenticate.ts'
import { type Api, answers, SIGNED_IN } from './contract.ts'
import { malformed } from './errors.ts'
import { type HttpLimits, searchRate } from './rates.ts'

const cursor = z.strictObject({
  asOf: z.number(),
  sessionId: z.string().max(200),
  rank: z.number(),
  place: z
    .array(z.tuple([z.string().max(200), z.number()]))
    .max(200)
    .nullable(),
})

/** Looking for words in what the caller may read. */
export function searchRoutes(app: Api, sessions: SessionsApi, limits: HttpLimits): void {
  const inTurn = oneAtATime()
  app.get(
    '/search',
    {
      config: { rateLimit: searchRate(limits) },
      schema: {
        tags: ['search'],
        operationId: 'search',
        summary: 'Find messages that I may read by their words, in pages',
        querystring: searchQuery,
        response: answers(200, searchAnswer.describe('One page'), SIGNED_IN, ['NOT_FOUND']),
      },
    },
    async (request, reply) => {
      const who = actor(request)
      const { q, session: sessionId, before } = request.query
      const from = before === undefined ? undefined : readCursor(before)
      const search = { words: wordsOf(q), sessionId, from, signal: untilLeft(reply.raw) }
      const { next, ...found } = await inTurn(who.userId, () => searchSessions(sessions, who, search))
      return { ...found, next: next && writeCursor(next) }
    },
  )
}

function writeCursor(next: Cursor): string {
  return Buffer.from(JSON.stringify(next)).toString('base64url')
}

function readCursor(given: string): Cursor {
  try {
    return cursor.parse(JSON.parse(Buffer.from(given, 'base64url').toString()))
  } catch {
    throw malformed([{ path: 'querystring/before', message: 'is no `next` of an answer' }])
  }
}

/** Aborts when the asker hangs up, as a page does with each key: nobody waits for that search any more. */
function untilLeft(response: ServerResponse): AbortSignal {
  const left = new AbortController()
  response.once('close', () => left.abort())
  return left.signal
}

/** One search of a person runs at a time: whoever searches a lot waits for their own, and holds up nobody else. */
function oneAtATime() {
  const running = new Map<string, Promise<void>>()
  return async <T>(userId: string, search: () => Promise<T>): Promise<T> => {
    const before = running.get(userId)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    running.set(userId, ended)
    await before
    try {
      return await search()
    } finally {
      end()
      if (running.get(userId) === ended) running.delete(userId)
    }
  }
}
