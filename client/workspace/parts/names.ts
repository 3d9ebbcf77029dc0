/** Characters that turn, hide or merge text: in a name they only serve to look like somebody else. */
const TRICKS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu

/** A name as it may be shown; where it stands beside other text it also needs a `<bdi>`. */
export function cleanName(name: string): string {
  return name.replace(TRICKS, '').replace(/\s+/gu, ' ').trim() || 'Nameless'
}

/** The hue that is a person's everywhere, from their immutable id. */
export function hueOf(userId: string): number {
  let hash = 2_166_136_261
  for (const char of userId) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 16_777_619)
  hash ^= hash >>> 15
  // Golden angle steps keep neighbours apart better than any 360 degrees would.
  return Math.round(((hash >>> 0) % 97) * 137.508) % 360
}

export function initialsOf(name: string): string {
  const words = cleanName(name).split(' ')
  const first = [...(words[0] ?? '')][0] ?? ''
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : ''
  return (first + last).toLocaleUpperCase()
}
