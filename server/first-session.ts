import type { Role } from '@colloquy/shared'
import type { Principal } from './access/principal.ts'
import type { Server } from './start.ts'

const TOKEN_MS = 7 * 86_400_000
/** Fixed, so that every start finds the session and the members that the first one made. */
const COMMAND = (n: number) => `00000000-0000-4000-8000-00000000000${n}`

const OWNER = person('ana', 'Ana')
const GUESTS = [person('bo', 'Bo'), person('cy', 'Cy')]

export interface SignInLink {
  who: string
  url: string
}

/** Development: one session with an owner and two guests, and a link for each that signs in its own tab. */
export async function firstSession(server: Server): Promise<SignInLink[]> {
  const known = await server.sessions.mine(OWNER)
  const { id } = await server.sessions.create(OWNER, COMMAND(0), 'A first session')
  const session = await server.sessions.open(id)
  // Only when it is new: whoever was taken out since stays out.
  const guests = known.some((mine) => mine.id === id) ? [] : GUESTS
  for (const [i, { userId, name }] of guests.entries()) {
    const role: Role = 'prompter'
    await session.execute<'member.set'>(OWNER, COMMAND(i + 1), { type: 'member.set', userId, role, name })
  }
  const link = async (who: string, each: Principal): Promise<SignInLink> => {
    const token = await server.identity.issueToken(each, TOKEN_MS)
    // In the fragment: browsers send it to no server, and the page takes it out of the address at once.
    return { who, url: `${server.url}/?session=${id}#token=${token}` }
  }
  const theirs = GUESTS.map((guest) => link(`${guest.name} (guest)`, guest))
  return Promise.all([link('Ana (owner)', OWNER), ...theirs])
}

function person(userId: string, name: string): Principal {
  return { userId, name, groups: [], admin: false, expiresAt: Number.MAX_SAFE_INTEGER }
}
