/** Who is asking: proven at the edge, passed inwards, never looked up again by name. */
export interface Principal {
  userId: string
  /** Shown beside the id; never identity. */
  name: string
  groups: readonly string[]
  admin: boolean
  /** ms since 1970 when the proof lapses. */
  expiresAt: number
}
