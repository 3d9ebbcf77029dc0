import { expect, it } from 'vitest'
import { redirectTarget } from './web-url.ts'

it('[X5] a redirect may lead from http to https and not back', () => {
  const http = new URL('http://example.org/a')
  const https = new URL('https://example.org/a')
  expect(redirectTarget(http, 'https://example.org/b', new Set()).href).toBe('https://example.org/b')
  expect(redirectTarget(https, '//example.net/b', new Set()).href).toBe('https://example.net/b')
  expect(() => redirectTarget(https, 'http://example.org/b', new Set())).toThrow('from https to http')
})
