import { createHash, createHmac } from 'node:crypto'
import { expect, it } from 'vitest'
import { createFingerprint } from './fingerprint.ts'

const secret = new Uint8Array(32).fill(7)

it('[LR34] a fingerprint knows a value again, and no other', () => {
  const [one, same, other] = [secret, secret, new Uint8Array(32)].map(createFingerprint)
  expect(one?.({ text: 'words' })).toBe(same?.({ text: 'words' }))
  expect(one?.({ text: 'words' })).not.toBe(one?.({ text: 'word' }))
  expect(one?.('words')).not.toBe(other?.('words'))
})

it('[LR34] without the server’s secret nobody finds the words of one, and with one nobody finds what else the secret makes', () => {
  const said = 'session\nbo\ncommand'
  const print = createFingerprint(secret)(said)
  expect(print).not.toBe(createHash('sha256').update(JSON.stringify(said)).digest('base64url'))
  for (const text of [said, JSON.stringify(said)]) {
    expect(print).not.toBe(createHmac('sha256', secret).update(text).digest('base64url'))
  }
})
