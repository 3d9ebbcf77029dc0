import { z } from 'zod'

// What events of all streams are made of.

export const id = z.string().min(1).max(200)
/** ms since 1970. */
export const at = z.number().int().nonnegative()
export const seq = z.number().int().nonnegative()
export const audience = z.union([z.literal('everyone'), z.array(id)])
/** Of each list one group must still have the person. */
export const through = z.record(id, z.array(z.array(id)))
export const person = z.strictObject({ id, name: z.string() })
