import { createInvites } from '../../server/access/invites.ts'
import type { Doings } from './scene.ts'

const INVITES = createInvites(new Uint8Array(32).fill(3))

/** Who is in a session, as what, and what its owners make of it; who is there. */
export const MEMBER_DEEDS = {
  async role(scene, who, deed) {
    const person = scene.person(deed.whom)
    const { userId, name } = person.principal
    await scene.command(who, { type: 'member.set', userId, role: deed.role, name })
    await person.refresh(scene.sessionId)
  },
  remove: (scene, who, { whom }) =>
    scene.command(who, { type: 'member.remove', userId: scene.person(whom).principal.userId }),
  stop: (scene, who, { whom }) =>
    scene.command(who, { type: 'member.stop', userId: scene.person(whom).principal.userId }),
  rename: (scene, who, { title }) => scene.command(who, { type: 'session.rename', title }),
  policy: (scene, who, { without }) => scene.command(who, { type: 'policy.set', withoutTools: without }),
  invite(scene, who, { role }) {
    const inviteId = INVITES.id(`code ${scene.invites.length}`)
    scene.invites.push(inviteId)
    return scene.command(who, { type: 'invite.make', inviteId, role, uses: 2, expiresIn: 400_000 })
  },
  async accept(scene, who, { invite }) {
    const inviteId = scene.invites.at(invite) ?? 'none'
    await scene.read(who, 'invite', (session) => session.invite(inviteId))
    await scene.command(who, { type: 'invite.accept', inviteId })
    await who.refresh(scene.sessionId)
  },
  speak: (_, who) => who.speak(),
  leave: (_, who) => who.leave(),
  come(scene, who) {
    who.here = true
    return who.refresh(scene.sessionId)
  },
  stick: (_, who) => who.stick(true),
  drain: (_, who) => who.stick(false),
} satisfies Partial<Doings>
