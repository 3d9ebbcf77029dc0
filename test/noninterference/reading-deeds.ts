import { type Cursor, searchSessions } from '../../server/session/search-sessions.ts'
import type { Person } from './person.ts'
import type { Doings, Scene } from './scene.ts'

/** What people read of a session, and which they have. */
export const READING_DEEDS = {
  state: (scene, who, { ref }) =>
    scene.read(who, 'state', (session, actor) => session.prompt(actor, scene.said.waiting(ref).promptId)),
  page: (scene, who, { ref }) =>
    scene.read(who, 'page', (session, actor) => session.messages(actor, scene.said.claimed(ref).laneId)),
  view(scene, who, { ref }) {
    const laneId = ref ? scene.said.claimed(ref).laneId : 'main'
    return scene.read(who, 'view', (session, actor) => session.view(actor, laneId))
  },
  describe: (scene, who) => scene.read(who, 'describe', (session, actor) => session.describe(actor)),
  export: (scene, who) => scene.read(who, 'export', (session, actor) => session.export(actor)),
  audit: (scene, who) => scene.read(who, 'audit', (session, actor) => session.audit(actor)),
  invites: (scene, who) => scene.read(who, 'invites', (session, actor) => session.invites(actor)),
  mine: ({ world }, who) => who.ask('mine', async () => world.sessions.mine(await world.proven(who))),
} satisfies Partial<Doings>

/** For what stands in texts of all kinds, page by page: small ones, so that where one ends is told, too. */
export async function search({ world }: Scene, who: Person): Promise<void> {
  const { signal } = new AbortController()
  const limits = { hits: 3, messages: 5, sessions: 1 }
  const page = async (from: Cursor | undefined) =>
    searchSessions(world.sessions, await world.proven(who), { words: ['harbour'], signal, from }, limits)
  let next: Cursor | undefined
  do {
    const from: Cursor | undefined = next
    next = (await who.ask('search', () => page(from)))?.next ?? undefined
  } while (next)
}
