import { type Script, type ScriptStep, writeScript } from '../kit/script.ts'

/** A prompt of the scripted session: who asks, and what the model then says and calls. */
export interface Round {
  id: string
  by: string
  prompt: string
  /** Another person's round that is asked while this one waits for consent: the consent comes after its end. */
  meanwhile?: Round
}

type Step = { say?: string; calls?: readonly string[] }

function round(id: string, by: string, steps: readonly Step[]): Round {
  return { id, by, prompt: writeScript(id, steps) }
}

/** A call as it stands in a script; `id` makes it one that can be counted at the tool. */
export function call(tool: string, id: string): string {
  return `${tool} ${JSON.stringify({ id })}`
}

/** What people may ask for: words, every kind of tool, a tool that needs consent. Texts are short: each piece is a failpoint. */
export const ROUNDS: readonly Round[] = [
  round('text', 'ana', [{ say: 'Good morning to all of you.' }]),
  round('tools', 'bo', [
    { say: 'Two at once.', calls: [call('keyed.add', 'tools.1'), call('unsafe.add', 'tools.2')] },
    { say: 'Two more.', calls: [call('safe.read', 'tools.3'), call('probed.add', 'tools.4')] },
    { say: 'All done.' },
  ]),
  round('asked', 'ana', [{ say: 'May I?', calls: [call('asked.add', 'asked')] }, { say: 'Thank you.' }]),
]

/** Consent that comes late: the turn is parked, and somebody else is served before it goes on. */
export const LATE_CONSENT: Round = {
  ...round('late', 'ana', [
    { say: 'Whenever.', calls: [call('asked.unsafe', 'late')] },
    { say: 'Thank you.' },
  ]),
  meanwhile: round('meanwhile', 'bo', [{ say: 'Before you.' }]),
}

/** What a message of this script shows, from the first part to the last. */
export function shownParts({ steps }: Script): string[] {
  return steps.flatMap(({ text, calls }: ScriptStep) => [
    ...(text === '' ? [] : [`says ${text}`]),
    ...calls.map(({ tool, args }) => `calls ${tool} ${(args as { id: string }).id}`),
  ])
}
