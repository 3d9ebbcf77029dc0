import { expect, it } from 'vitest'
import { hostOf, safeUrl } from './links.ts'

it.each([
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,<script>1</script>',
  'vbscript:x',
  'file:///etc/passwd',
  'blob:https://example.org/1',
  '//example.org/',
  '/relative',
  '#fragment',
  'https://bank.example@evil.example/',
  'https://user:secret@evil.example/',
  '',
])('[U6] %j leads nowhere', (href) => {
  expect(safeUrl(href)).toBeNull()
})

it.each([
  ['https://example.org/a?b#c', 'example.org'],
  ['http://127.0.0.1:8080/', '127.0.0.1:8080'],
  ['mailto:ana@example.org', null],
  ['https://аpple.example/', 'xn--pple-43d.example'],
])('[U6] %j leads to %j, which is told', (href, host) => {
  const url = safeUrl(href)
  expect(url && hostOf(url)).toBe(host)
})
