import { resourceAnswerOf } from '../../server/access/resources.ts'
import type { Doings } from './scene.ts'
import { filler } from './script.ts'

/** What is done in the workspace, beside all sessions. */
export const WORKSPACE_DEEDS = {
  async put(scene, who, deed) {
    const { world } = scene
    const words = scene.secretOf(who, deed)?.[scene.side] ?? deed.words
    const title = `Title ${filler({ ...words, length: 20 })}`
    const audience = scene.audience(deed.readers)
    const given = { title, text: filler(words), format: 'text' as const, audience }
    scene.nextDeed()
    await who.ask('put', async () =>
      world.resources.put(await world.proven(who), scene.commandId('put'), deed.name, given),
    )
  },
  take: (scene, who, { name }) =>
    who.ask('take', async () => {
      const actor = await scene.world.proven(who)
      return scene.world.resources.remove(actor, scene.commandId('take'), name)
    }),
  list: ({ world }, who) =>
    who.ask('list', async () => {
      const { userId } = await world.proven(who)
      return (await world.resources.list(userId)).map(resourceAnswerOf)
    }),
  async groups(scene, who, deed) {
    const groups = deed.groups.filter((group) => group !== 'in' || scene.isInsider(who))
    who.principal = { ...who.principal, groups }
    await scene.world.proven(who)
  },
} satisfies Partial<Doings>
