import cookie from '@fastify/cookie'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyInstance {
    /** True when people reach this server by https: the cookie then travels by nothing else. */
    httpsOnly: boolean
  }
}

/** @param https people reach this server by https */
export async function registerCookie(app: FastifyInstance, https: boolean): Promise<void> {
  app.decorate('httpsOnly', https)
  await app.register(cookie)
}

/**
 * The cookie that signs in the pages of this server, and no others. Browsers take one of the longer name from the host
 * itself alone, and by https alone.
 */
export function cookieName({ httpsOnly }: FastifyInstance): string {
  return httpsOnly ? '__Host-colloquy' : 'colloquy'
}

export function cookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[cookieName(request.server)]
}

export function setCookie(reply: FastifyReply, token: string, seconds: number): void {
  reply.setCookie(cookieName(reply.server), token, { ...attributes(reply), maxAge: seconds })
}

/** Makes the browser forget it: no script can, because none can see it. */
export function dropCookie(reply: FastifyReply): void {
  reply.clearCookie(cookieName(reply.server), attributes(reply))
}

function attributes({ server }: FastifyReply) {
  return { httpOnly: true, sameSite: 'lax', path: '/', secure: server.httpsOnly } as const
}
