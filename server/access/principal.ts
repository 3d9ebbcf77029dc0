/** Who is asking: proven at the edge, passed inwards, never looked up again by name. */
export interface Principal {
  userId: string
  /** Shown beside the id; never identity. */
  name: string
  groups: readonly string[]
  admin: boolean
  /** ms since 1970 when the proof lapses. */
  expiresAt: number
  /** ms since 1970 when the proof was made, where it says so. */
  issuedAt?: number
  /** True for a person that an invite made: no issuer knows them. */
  guest?: boolean
  /** True for whoever a link of development mode signed in. */
  dev?: boolean
}
