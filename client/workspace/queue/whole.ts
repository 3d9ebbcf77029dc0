/** The queue shows the first 2 kB of a prompt. */
const SHOWN_BYTES = 2_048
/** A character that did not fit leaves up to three bytes empty. */
const SLACK = 3

const encoder = new TextEncoder()

/** False where the text may have been cut: editing what is shown would lose the rest. */
export function isWhole(text: string): boolean {
  return encoder.encode(text).length < SHOWN_BYTES - SLACK
}
