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
  // People are kept by id in plain objects, which have these already.
  .refine((id) => !(id in Object.prototype), 'is a reserved word')

/** What says more than who and when may be null: some issuers write so that there is none. */
const claims = z.looseObject({
  sub: userIdShape.refine((sub) => !RESERVED.has(sub) && !sub.startsWith('group:')),
  exp: z.number().positive(),
  iat: z.number().nonnegative().optional(),
  workspace: z.string().min(1).max(200).nullish(),
  groups: z.array(z.string().min(1).max(200)).max(1000).nullish(),
  admin: z.boolean().nullish(),
})

/** A verified token says something that makes it none of ours. Holds no value. */
export class WrongClaim extends Error {
  override name = 'WrongClaim'
  /** Where, such as `groups.1`. */
  readonly claim: string
  constructor(claim: string) {
    super(`the claim ${claim} is wrong`)
    this.claim = claim
  }
}

/**
 * The person that verified claims of an issuer name.
 * @throws WrongClaim when they do not have the shape, or name another workspace
 */
export function principalOf(payload: JWTPayload, workspace: string): Principal {
  const read = claims.safeParse(payload)
  if (!read.success) throw new WrongClaim(read.error.issues[0]?.path.join('.') ?? '')
  const { sub, exp, iat, groups, admin } = read.data
  if ((read.data.workspace ?? workspace) !== workspace) throw new WrongClaim('workspace')
  const name = personName.safeParse(payload.name)
  return {
    userId: sub,
    name: name.success ? name.data : sub,
    groups: [...new Set(groups)].sort(),
    admin: admin ?? false,
    expiresAt: Math.floor(exp * 1000),
    ...(iat !== undefined ? { issuedAt: Math.floor(iat * 1000) } : {}),
  }
}

/** What only the server's own tokens say of a person. */
export function ownMarks({ guest, dev }: Record<string, unknown>): Pick<Principal, 'guest' | 'dev'> {
  return { ...(guest === true ? { guest } : {}), ...(dev === true ? { dev } : {}) }
}

/** How the ids of guests begin; a token of the server's own that lacks the mark tells by that. */
export const GUEST_PREFIX = 'guest_'
