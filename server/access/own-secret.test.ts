import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createInvites, inviteUrl } from './invites.ts'
import { ownSecret } from './own-secret.ts'

describe('the own secret', () => {
  const folders: string[] = []
  const folder = async () => {
    const made = await mkdtemp(join(tmpdir(), 'colloquy-secret-'))
    folders.push(made)
    return join(made, 'data')
  }
  afterEach(async () => {
    for (const made of folders.splice(0)) await rm(made, { recursive: true })
  })

  it('[I13] is made once, for the server’s user alone, and leaves nothing beside it', async () => {
    const data = await folder()
    const [first, second] = await Promise.all([ownSecret(data), ownSecret(data)])
    expect(first).toEqual(second)
    expect(await ownSecret(data)).toEqual(first)
    expect(first.length).toBe(32)
    expect((await stat(join(data, 'secret'))).mode & 0o777).toBe(0o600)
    expect(await readdir(data)).toEqual(['secret'])
    expect(await ownSecret(await folder())).not.toEqual(first)
  })

  it('[I14] is never overwritten: another content is refused', async () => {
    const data = await folder()
    await ownSecret(data)
    await writeFile(join(data, 'secret'), 'short')
    await expect(ownSecret(data)).rejects.toThrow(/does not hold a secret/)
  })
})

describe('invite codes', () => {
  const invites = createInvites(new Uint8Array(32).fill(1))

  it('[I15] have 128 bits, are the same for a repeated command, and differ in everything else', () => {
    const code = invites.code('s1', 'ann', 'c1')
    expect(Buffer.from(code, 'base64url').length).toBe(16)
    expect(invites.code('s1', 'ann', 'c1')).toBe(code)
    const others = [
      invites.code('s2', 'ann', 'c1'),
      invites.code('s1', 'bo', 'c1'),
      invites.code('s1', 'ann', 'c2'),
      createInvites(new Uint8Array(32)).code('s1', 'ann', 'c1'),
    ]
    expect(new Set([code, ...others]).size).toBe(5)
  })

  it('[I16] are not in the id that the journal keeps, nor in what a browser sends', () => {
    const code = invites.code('s1', 'ann', 'c1')
    expect(invites.id(code)).toMatch(/^[\w-]{43}$/)
    expect(invites.id(code)).not.toContain(code)
    const url = new URL(inviteUrl('https://team.example/colloquy/', 's1', code))
    expect(url.href.startsWith('https://team.example/colloquy/#')).toBe(true)
    expect(Object.fromEntries(new URLSearchParams(url.hash.slice(1)))).toEqual({
      session: 's1',
      invite: code,
    })
  })

  it('[I17] make one person for one command', () => {
    expect(invites.guest('i1', 'c1')).toBe(invites.guest('i1', 'c1'))
    expect(
      new Set([invites.guest('i1', 'c1'), invites.guest('i1', 'c2'), invites.guest('i2', 'c1')]).size,
    ).toBe(3)
  })
})
