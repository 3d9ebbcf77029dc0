import { expect, it } from 'vitest'
import { fileName } from './file-name.ts'

it('[U69] an export is called like its session, without what a file system would mind', () => {
  expect(fileName('Launch week', 'md')).toBe('Launch-week.md')
  expect(fileName('../../etc/passwd\u0000', 'json')).toBe('etc-passwd.json')
  expect(fileName('Größe & Ähre: 東京', 'md')).toBe('Größe-Ähre-東京.md')
  expect(fileName('…', 'md')).toBe('session.md')
  expect(fileName('x'.repeat(200), 'md')).toHaveLength(63)
})
