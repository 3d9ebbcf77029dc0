/**
 * What a scripted model says and calls, written as a prompt:
 *
 *     # ana-3
 *     say I add it.
 *     call keyed.add {"id":"ana-3"}
 *     then
 *     say It is added.
 */
export interface Script {
  /** What stands after `#`; without it, the whole text. */
  id: string
  /** Step 1 first. The last one calls nothing, or the script ends in silence. */
  steps: readonly ScriptStep[]
}

export interface ScriptStep {
  text: string
  calls: readonly ScriptCall[]
}

interface ScriptCall {
  tool: string
  args: unknown
}

/** Reads a prompt; a line that is neither `say`, `call` nor `then` says nothing. @throws on a bad `call` line */
export function readScript(prompt: string): Script {
  const lines = prompt.split('\n')
  const id = lines.find((line) => line.startsWith('# '))?.slice(2) ?? prompt
  const steps: { text: string[]; calls: ScriptCall[] }[] = [{ text: [], calls: [] }]
  for (const line of lines) {
    const step = steps.at(-1)
    if (line === 'then') steps.push({ text: [], calls: [] })
    else if (line.startsWith('say ')) step?.text.push(line.slice(4))
    else if (line.startsWith('call ')) step?.calls.push(readCall(line))
  }
  return { id, steps: steps.map(({ text, calls }) => ({ text: text.join('\n'), calls })) }
}

function readCall(line: string): ScriptCall {
  const [, tool, args] = /^call (\S+) (\{.*\})$/.exec(line) ?? []
  if (tool === undefined || args === undefined) throw new Error(`not a call: ${line}`)
  return { tool, args: JSON.parse(args) }
}

/** The prompt that `readScript` reads back as these steps. */
export function writeScript(
  id: string,
  steps: readonly { say?: string; calls?: readonly string[] }[],
): string {
  const groups = steps.map(({ say, calls = [] }) =>
    [...(say === undefined ? [] : [`say ${say}`]), ...calls.map((call) => `call ${call}`)].join('\n'),
  )
  return `# ${id}\n${groups.join('\nthen\n')}`
}
