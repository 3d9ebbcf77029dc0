import { personName } from '@colloquy/shared/commands'
import type { JWTPayload } from 'jose'
import { z } from 'zod'
import type { Principal } from './principal.ts'

/** Words that stand where a userId may: `members/me`, the audience `everyone`. */
const RESERVED = new Set(['me', 'everyone'])

/** The shape of an immutable userId: what issuers use as `sub`, Auth0's `provider|id` too. */
export const userIdShape = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[\w.@:|+-]+$/, 'letters, digits and . @ : | + - _ only')

const claims = z.looseObject({
  sub: userIdShape.refine((sub) => !RESERVED.has(sub) && !sub.startsWith('group:')),
  exp: z.number().positive(),
  workspace: z.string().min(1).max(200).optional(),
  groups: z.array(z.string().min(1).max(200)).max(1000).optional(),
  admin: z.boolean().optional(),
})

/** The person that verified claims name; null when they do not have the shape. */
export function principalOf(payload: JWTPayload): Principal | null {
  const read = claims.safeParse(payload)
  if (!read.success) return null
  const { sub, exp, groups, admin } = read.data
  const name = personName.safeParse(payload.name)
  return {
    userId: sub,
    name: name.success ? name.data : sub,
    groups: [...new Set(groups)].sort(),
    admin: admin ?? false,
    expiresAt: Math.floor(exp * 1000),
  }
}
