import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { systemClock } from '../clock.ts'
import { createIdentity } from './identity.ts'
import { waysIn } from './ways-in.ts'

const SECRET = 'the secret of whoever issues tokens for the team'
const claims = { jwtIssuer: `o'hara "id"`, jwtAudience: 'team' }

it('[I27] who starts a production server is told how people get in, and no secret', () => {
  const bySecret = waysIn({ jwtSecret: SECRET, ...claims }, 'https://team.example').join('\n')
  for (const part of ['HS256', 'aud "team"', 'https://team.example/#token=', 'invite']) {
    expect(bySecret).toContain(part)
  }
  expect(bySecret).not.toContain(SECRET)
  const jwksUrl = 'https://user:hunter2@id.example/keys?key=hunter2'
  const byKeys = waysIn({ jwksUrl, ...claims }, 'https://team.example').join('\n')
  expect(byKeys).toContain('id.example')
  expect(byKeys).not.toContain('hunter2')
  expect(byKeys).not.toContain('node -e')
})

it('[I28] the printed command makes a token that signs an admin in', async () => {
  const command = waysIn({ jwtSecret: SECRET, ...claims }, 'https://team.example').at(-1) ?? ''
  const env = { ...process.env, COLLOQUY_JWT_SECRET: SECRET }
  const { stdout } = await promisify(execFile)('sh', ['-c', command], { env })
  const { jwtIssuer: issuer, jwtAudience: audience } = claims
  const ownSecret = new Uint8Array(32)
  const identity = createIdentity({ jwtSecret: SECRET, issuer, audience, ownSecret, clock: systemClock })
  expect(await identity.identify(`Bearer ${stdout.trim()}`)).toMatchObject({ userId: 'admin', admin: true })
})
