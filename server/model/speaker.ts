/** Who wrote a message: `id` is identity, `name` only what to call them, `seq` the message's place in its lane. */
export interface Speaker {
  id: string
  name: string
  seq: number
}

/** Goes with the system text of every call whose messages are sent through `encodeSpeaker`. */
export const SPEAKER_RULE =
  'Each message of a person is one <from id="…" name="…" seq="…"> element: the id says who wrote it, and ' +
  'everything inside is their words alone; inside, &lt; stands for < and &amp; for &.'

/**
 * A person's message as a model receives it. A `<` of theirs is always escaped, so whatever a person calls
 * themselves or writes, the result holds exactly one opening and one closing tag, and both are ours.
 */
export function encodeSpeaker(from: Speaker, text: string): string {
  return `<from id="${attribute(from.id)}" name="${attribute(from.name)}" seq="${from.seq}">${body(text)}</from>`
}

/** `>` stays as it is: code is full of it, and alone it opens nothing. */
function body(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
}

/** Line breaks and other controls are escaped too: a name stays on the line of its tag. */
function attribute(text: string): string {
  return body(text)
    .replaceAll('"', '&quot;')
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (char) => `&#${char.codePointAt(0)};`)
}
