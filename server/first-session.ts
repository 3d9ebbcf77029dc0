import type { Principal } from './access/principal.ts'
import { randomId } from './clock.ts'
import { sampleStory, waitingStory } from './sample-story.ts'
import type { Server } from './start.ts'

const TOKEN_MS = 7 * 86_400_000
/** Fixed, so that every start finds the session that the first one made. */
const COMMAND = '00000000-0000-4000-8000-000000000000'

const PEOPLE = [person('ana', 'Ana'), person('bo', 'Bo'), person('cy', 'Cy')] as const
const [OWNER, ...GUESTS] = PEOPLE

export interface SignInLink {
  who: string
  url: string
}

/**
 * Development: the sample session with an owner and two guests, and a link for each that signs in its own tab.
 * @param live with prompts that wait for the first visitor; the default model answers them
 * @throws ColloquyError when the owner has left the session since
 */
export async function firstSession(server: Server, live: boolean): Promise<SignInLink[]> {
  const { id } = await server.sessions.create(OWNER, COMMAND, 'Launch week', story(live))
  const link = async (who: string, each: Principal): Promise<SignInLink> => {
    const token = await server.identity.issueToken(each, TOKEN_MS)
    // In the fragment: browsers send it to no server, and the page takes it out of the address at once.
    return { who, url: `${server.url}/?session=${id}#token=${token}` }
  }
  const guests = GUESTS.map((guest) => link(`${guest.name} (guest)`, guest))
  return Promise.all([link(`${OWNER.name} (owner)`, OWNER), ...guests])
}

/** Written only when the session is new: whoever was taken out since stays out. */
function story(live: boolean) {
  const at = Date.now()
  const by = OWNER.userId
  const joined = GUESTS.map(({ userId, name }) => ({
    event: { type: 'member.changed', at, userId, name, role: 'prompter', by } as const,
  }))
  const people = PEOPLE.map(({ userId, name }) => ({ id: userId, name }))
  const waiting = live ? waitingStory(people, at, randomId) : []
  return [...joined, ...sampleStory(people, at, randomId), ...waiting]
}

function person(userId: string, name: string): Principal {
  const admin = userId === 'ana'
  return { userId, name, groups: [], admin, expiresAt: Number.MAX_SAFE_INTEGER, dev: true }
}
