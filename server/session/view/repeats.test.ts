import { MAIN_LANE } from '@colloquy/shared'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sdkRequest } from '../../model/ai-sdk-request.ts'
import type { ModelQuestion } from '../../model/port.ts'
import { compileView } from './compile.ts'
import { piecesOf } from './pieces.ts'
import { Talk } from './talk.fixture.ts'

const LOG = Array.from({ length: 720 }, (_, i) => `${i} worker-${i % 7} took ${(i * 7919) % 1000} ms; 𝄞`)
  .join('\n')
  .slice(0, 20_000)
const view = (talk: Talk, laneId: string, author: string, text: string) => {
  const turn = talk.ask(laneId, author, text)
  return compileView(talk.state, turn, talk.bodies, { teamText: '' })
}

/** What is left out of `told`, given what it was: each stretch with the place of the message that holds it. */
function leftOut({ text, gaps = [] }: ModelQuestion, was: string) {
  const out: { words: string; seq: number | undefined }[] = []
  let at = 0
  let done = 0
  for (const gap of gaps) {
    at += gap.at - done
    out.push({ words: was.slice(at, at + gap.characters), seq: gap.sameAs?.seq })
    at += gap.characters
    done = gap.at
  }
  expect(out.reduce((left, { words }) => left.replace(words, () => ''), was).length).toBe(text.length)
  expect(was.slice(at)).toBe(text.slice(done))
  return out
}

describe('words that repeat', () => {
  it('five people paste the same 20 kB log: it is in the view once and the manifest says what was saved', () => {
    const talk = new Talk()
    const around = (who: string) => `${who} sees this: ${LOG}\n\nIs that for ${who} alone?`
    const pasted = ['ana', 'ben', 'cy', 'dora'].map((who) => talk.say(MAIN_LANE, who, around(who)))
    const { messages, manifest } = view(talk, MAIN_LANE, 'eve', around('eve'))
    const bytes = JSON.stringify(sdkRequest({ model: 'm', system: '', messages, tools: [] }).messages)
    expect(bytes.split('300 worker-').length - 1).toBe(1)
    expect(bytes.length).toBeLessThan(LOG.length * 1.2)
    expect(bytes).toContain('<same-as from=\\"ana\\" seq=\\"1\\" characters=')
    for (const who of ['ben', 'cy', 'dora', 'eve']) expect(bytes).toContain(`for ${who} alone?`)
    const { repeats, saved } = manifest
    expect(repeats.map(({ author, sameAs }) => [author, sameAs])).toEqual(
      ['ben', 'cy', 'dora', 'eve'].map((who) => [who, pasted[0]?.id]),
    )
    for (const { characters } of repeats) expect(characters).toBeGreaterThan(LOG.length - 100)
    expect(saved).toBe(repeats.reduce((sum, repeat) => sum + repeat.saved, 0))
    expect(saved).toBeGreaterThan(manifest.tokens * 2)
  })

  it('what is left out is word for word what the message before holds', () => {
    const part = fc.oneof(
      fc.tuple(fc.nat(12_000), fc.integer({ min: 900, max: 6_000 })).map(([at, n]) => LOG.slice(at, at + n)),
      fc.string({ unit: 'binary', maxLength: 60 }),
      fc.constantFrom('a'.repeat(3_000), 'ERROR again\n'.repeat(200)),
    )
    const texts = fc.array(
      fc.array(part, { maxLength: 4 }).map((parts) => parts.join('')),
      { maxLength: 6 },
    )
    fc.assert(
      fc.property(texts, (all) => {
        const talk = new Talk()
        for (const text of all) talk.say(MAIN_LANE, 'ana', text, '')
        const { messages, manifest } = view(talk, MAIN_LANE, 'ben', 'so?')
        const asked = messages.filter((message) => message.role === 'user').slice(0, -1)
        expect(asked.length).toBe(all.length)
        for (const [index, told] of asked.entries()) {
          for (const { words, seq = 0 } of leftOut(told, all[index] ?? '')) {
            expect(words.length).toBeGreaterThanOrEqual(1_000)
            expect(seq).toBeLessThan(told.from.seq)
            expect(all[(seq - 1) / 2]?.includes(words)).toBe(true)
          }
        }
        for (const { messageId, sameAs } of manifest.repeats) expect(messageId).not.toBe(sameAs)
      }),
    )
  })

  it('a wider lane that has the words is referred to with its readers; a narrower one never', () => {
    const talk = new Talk()
    talk.lane('l_ab', ['ana', 'ben'])
    talk.lane('l_a', ['ana'])
    talk.say('l_a', 'ana', LOG)
    talk.say('l_ab', 'ben', LOG)
    const own = view(talk, 'l_a', 'ana', 'so?').messages
    expect(own[2]).toMatchObject({
      text: '',
      gaps: [{ at: 0, characters: LOG.length, sameAs: { id: 'ben', seq: 1, readers: ['ana', 'ben'] } }],
    })
    expect(view(talk, 'l_ab', 'ana', 'so?').messages[0]).toMatchObject({ text: LOG })
  })

  it('a taken back message is referred to no more', () => {
    const talk = new Talk()
    const first = talk.say(MAIN_LANE, 'ana', LOG)
    talk.say(MAIN_LANE, 'ben', LOG)
    expect(view(talk, MAIN_LANE, 'cy', 'a').messages[2]).toMatchObject({ text: '' })
    talk.change(MAIN_LANE, first.id, { cells: [], retractedAt: 1 })
    expect(view(talk, MAIN_LANE, 'cy', 'a').messages[0]).toMatchObject({ from: { id: 'ben' }, text: LOG })
  })

  it('a command to the model stands where it was written', () => {
    const talk = new Talk()
    const command = `/tool note {"text":"${LOG.replaceAll('\n', ' ')}"}`
    talk.say(MAIN_LANE, 'ana', command)
    expect(view(talk, MAIN_LANE, 'ana', command).messages.at(-1)).toMatchObject({ text: command })
  })
})

describe('pieces', () => {
  it('join to the text, and are the same within other words', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (before, after) => {
        const texts = (text: string) => piecesOf(null, text).map((piece) => piece.text)
        expect(texts(before + LOG + after).join('')).toBe(before + LOG + after)
        const within = new Set(texts(before + LOG + after))
        const shared = texts(LOG).filter((piece) => within.has(piece))
        expect(shared.join('').length).toBeGreaterThan(LOG.length * 0.8)
      }),
    )
  })
})
