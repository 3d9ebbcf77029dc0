import { isInside } from './play.ts'
import type { Doings } from './scene.ts'
import type { Words } from './script.ts'

/** What is done with prompts, answers and the turns between them. */
export const TALK_DEEDS = {
  async prompt(scene, who, deed) {
    const { said, history } = scene
    const text = said.text(history.wordy ? longer(deed.words) : deed.words, scene.secretOf(who, deed))
    const accepted = said.asks(Number(who.principal.userId.slice(1)))
    const audience = scene.audience(deed.readers)
    const answer = await scene.command(who, { type: 'prompt.submit', text, audience })
    accepted(answer?.promptId)
  },
  edit(scene, who, { ref, words, secret }) {
    const { promptId, laneId } = scene.said.waiting(ref)
    const text = scene.said.text(words, scene.said.onlyInsidersRead(scene.sessionId, laneId) ? secret : null)
    return scene.command(who, { type: 'prompt.edit', promptId, text })
  },
  withdraw: (scene, who, { ref }) =>
    scene.command(who, { type: 'prompt.withdraw', promptId: scene.said.waiting(ref).promptId }),
  move(scene, who, deed) {
    const before = deed.before && scene.said.waiting(deed.before).promptId
    const { promptId } = scene.said.waiting(deed.ref)
    return scene.command(who, { type: 'prompt.move', promptId, before })
  },
  retract: (scene, who, { ref }) =>
    scene.command(who, { type: 'message.retract', messageId: scene.said.message(ref) }),
  again: (scene, who, { ref }) =>
    scene.command(who, { type: 'message.regenerate', messageId: scene.said.message(ref) }),
  cancel: (scene, who, { ref }) =>
    scene.command(who, { type: 'turn.cancel', turnId: scene.said.claimed(ref).turnId }),
  async decide(scene, who, { ref, decision }) {
    const { turnId } = scene.said.claimed(ref)
    const { state } = await scene.world.sessions.open(scene.sessionId)
    const entries = Object.values(state.lanes).flatMap((lane) => lane.entries)
    const calls = entries.filter((entry) => entry.turnId === turnId).flatMap((entry) => entry.calls)
    const call = calls.findLast(({ approver }) => approver !== undefined)
    const { callId = 'k_none', argsHash = 'none' } = call ?? {}
    await scene.command(who, { type: 'call.decide', turnId, callId, argsHash, decision })
  },
  /** Insiders may tell others what is no secret: not an answer that was made from one, nor while its making could show. */
  async share(scene, who, { ref, readers }, late) {
    const { said, history } = scene
    const { laneId } = said.claimed(ref)
    // Whether a full queue took it at all may hang on a secret.
    const plain = late && !history.tight && ref.part === 'question' && said.isPlain(ref)
    const tells = said.onlyInsidersRead(scene.sessionId, laneId) && !isInside(readers, history)
    if (scene.isInsider(who) && tells && !plain) return
    const [messageId, audience] = [said.message(ref), scene.audience(readers)]
    await scene.command(who, { type: 'message.share', messageId, audience })
  },
  async fork(scene, who, { ref, words }) {
    const { said, world, sessionId } = scene
    const text = said.text(words, null)
    const { laneId } = said.claimed(ref)
    const forked = await who.ask('fork', async () => {
      const from = { sessionId, laneId, seq: 2 }
      return world.sessions.fork(await world.proven(who), scene.commandId('fork'), from)
    })
    if (!forked || !who.here) return
    if (said.onlyInsidersRead(sessionId, laneId)) world.inside.add(forked.id)
    await who.refresh(forked.id)
    await scene.command(who, { type: 'prompt.submit', text }, forked.id)
  },
} satisfies Partial<Doings>

/** A few of these, and a lane is summed up. */
function longer({ script, length, from }: Words): Words {
  return { script: { ...script, say: script.say + 14_000 }, length: Math.min(30_000, length + 16_000), from }
}
