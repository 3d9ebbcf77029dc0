import { expect, it, vi } from 'vitest'
import { publicAddresses, resolveByDns, resolveBySystem } from './resolve-host.ts'

vi.mock('node:os', () => ({ networkInterfaces: () => ({ eth0: [{ address: '93.184.215.14' }] }) }))

const never = new AbortController().signal

it('[X2] the addresses of this machine are not public, though the internet reaches it there', async () => {
  const addresses = (address: string) =>
    publicAddresses(new URL('https://example.org/'), async () => [address], never)
  expect(await addresses('93.184.215.15')).toEqual(['93.184.215.15'])
  await expect(addresses('93.184.215.14')).rejects.toMatchObject({
    message: 'No public address is known for "example.org".',
  })
})

it('[X6] names that the operator wrote down are those of the system', async () => {
  expect(await resolveBySystem('localhost', never)).toEqual(expect.arrayContaining([expect.any(String)]))
})

it('[X11] an abort ends a look-up', async () => {
  const stop = new AbortController()
  const looking = resolveByDns('example.invalid', stop.signal)
  stop.abort()
  expect(await looking).toEqual([])
})
