import { ARGS_LENGTH, SHOWN_RESULT_LENGTH } from '@colloquy/shared/tools'

/** Characters that are not seen, or that turn the order of those around them. */
const HIDDEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** JSON in which nothing hides: whoever allows a call sees every character of what is sent. */
export function exactJson(value: unknown): string {
  return (JSON.stringify(value, null, 2) ?? 'null').replace(HIDDEN, escaped)
}

function escaped(hidden: string): string {
  return hidden
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('')
}

export interface ShownResult {
  text: string
  /** Says what of it is shown; null: all of it. */
  note: string | null
}

const count = new Intl.NumberFormat('en')

/** `length`: characters of the whole result, where only its beginning is here. */
export function shownResult(output: unknown, length: number | undefined): ShownResult {
  const cut = length !== undefined && length > SHOWN_RESULT_LENGTH
  const text = typeof output === 'string' ? output : exactJson(output)
  return {
    text: cut ? beginningOf(text) : text,
    note: cut ? `The first ${count.format(SHOWN_RESULT_LENGTH)} of ${count.format(length)} characters` : null,
  }
}

/** Of JSON that was cut off: a text as its words, all else as it is. */
function beginningOf(json: string): string {
  if (!json.startsWith('"')) return json
  // The last character may have been cut in two.
  for (const whole of [json, json.replace(/\\(?:u[\da-f]{0,3})?$/i, '')]) {
    try {
      return String(JSON.parse(`${whole}"`))
    } catch {}
  }
  return json
}

export type ReadArgs = { args: Record<string, unknown> } | { problem: string }

/** Arguments as somebody has typed them. */
export function readArgs(text: string): ReadArgs {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { problem: 'This is no JSON yet.' }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return { problem: 'The arguments have to be one JSON object: { … }' }
  const { length } = JSON.stringify(value)
  if (length > ARGS_LENGTH)
    return { problem: `Too long: ${count.format(length)} of ${count.format(ARGS_LENGTH)} characters.` }
  return { args: value as Record<string, unknown> }
}
