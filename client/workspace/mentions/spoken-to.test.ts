import { expect, it } from 'vitest'
import { finderOf } from './mentions.ts'
import { isSpokenTo } from './spoken-to.ts'

const finder = finderOf(['Bo', 'Bo Lee', 'R&D'])
const spokenTo = (text: string, name = 'Bo') => finder !== null && isSpokenTo(text, finder, name)

it('[U60] somebody is mentioned where the transcript marks it', () => {
  for (const text of [
    '@Bo?',
    '- one\n- **@bo**',
    '| a |\n|---|\n| @Bo |',
    '> @Bo',
    '[@Bo](https://x.example)',
  ]) {
    expect(spokenTo(text), text).toBe(true)
  }
  expect(spokenTo('for @R&D', 'R&D')).toBe(true)
})

it('[U60] no code, HTML, address or longer name mentions them', () => {
  for (const text of [
    '`@Bo`',
    '```\n@Bo\n```',
    '    @Bo',
    '<b title="@Bo">x</b>',
    'me@bo.example',
    '@Bo Lee',
  ]) {
    expect(spokenTo(text), text).toBe(false)
  }
})
