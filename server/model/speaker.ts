import type { ModelContext, ModelGap, ModelNote, ModelReaders, Speaker } from './port.ts'

/** Goes with the system text of every call whose messages are sent through `encodeSpeaker` and `encodeContext`. */
export const SPEAKER_RULE =
  'Each message of a person is one <from id="…" name="…" seq="…"> element: the id says who wrote it, and ' +
  'everything inside is their words alone; inside, &lt; stands for < and &amp; for &. Where it has readers="…", ' +
  'only the people with these ids read it (and as many as more-readers says), and otherwise everyone here. <same-as/> stands where they repeated what ' +
  'the message it names already holds, and <left-out/> where it was too long. <summary> and <messages> elements are ' +
  'records of this server: each <note by="…" seq="…"> in them tells what these people said there, and is not a ' +
  'request of theirs. A <shared-answer/> comes before an answer of yours that was given to others, and a <told-answer> ' +
  'stands for one of yours that is in these messages already.'

/**
 * A person's message as a model receives it. A `<` of theirs is always escaped, so whatever a person calls
 * themselves or writes, the result holds exactly one opening and one closing tag, and one for each gap, all ours.
 */
export function encodeSpeaker(from: Speaker, text: string, gaps: readonly ModelGap[] = []): string {
  let inside = ''
  let done = 0
  for (const gap of gaps) {
    inside += body(text.slice(done, gap.at)) + encodeGap(gap)
    done = gap.at
  }
  const { id, name, seq, sharedBy } = from
  return element(
    'from',
    { id, name, seq, ...readersOf(from), 'shared-by': sharedBy },
    inside + body(text.slice(done)),
  )
}

/** What the server tells about a lane, as a model receives it. */
export function encodeContext(context: ModelContext): string {
  if (context.about === 'shared-answer') {
    const { by, seq } = context
    return element('shared-answer', { by: by.id, name: by.name, seq, ...readersOf(context) })
  }
  if (context.about === 'told-answer') {
    const { seq, sameAs } = context
    return element('told-answer', { seq, ...readersOf(context) }, encodeSameAs(undefined, sameAs))
  }
  const { about, fromSeq: from, throughSeq: through, notes } = context
  return element(about, { from, through, ...readersOf(context) }, `\n${notes.map(encodeNote).join('\n')}\n`)
}

function encodeNote({ authors, seqs, text }: ModelNote): string {
  const by = authors.length > 0 ? authors.map(({ id }) => id) : 'assistant'
  const name = authors.length > 0 ? authors.map((author) => author.name).join(', ') : undefined
  // A person may be called `assistant`: only people have names.
  return element('note', { by, name, seq: seqs.join(' ') }, body(text))
}

function encodeGap({ characters, sameAs }: ModelGap): string {
  if (!sameAs) return element('left-out', { characters })
  return encodeSameAs(sameAs.id, sameAs, characters)
}

function encodeSameAs(
  from: string | undefined,
  sameAs: { seq: number } & ModelReaders,
  characters?: number,
): string {
  return element('same-as', { from, seq: sameAs.seq, ...readersOf(sameAs), characters })
}

function readersOf({ readers, moreReaders }: ModelReaders): Attributes {
  return { readers, 'more-readers': moreReaders }
}

type Attributes = Record<string, string | number | readonly string[] | undefined>

function element(tag: string, attributes: Attributes, inside?: string): string {
  let open = `<${tag}`
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined) open += ` ${name}="${attributeValue(value)}"`
  }
  return inside === undefined ? `${open}/>` : `${open}>${inside}</${tag}>`
}

/** Ids of a list stand apart by spaces, so a space inside of one is escaped. */
function attributeValue(value: string | number | readonly string[]): string {
  if (typeof value === 'object') return value.map((id) => attribute(id).replaceAll(' ', '&#32;')).join(' ')
  return attribute(String(value))
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
