import { expect, it } from 'vitest'
import { Identity } from './identity.ts'
import { tokenOf } from './test/server.ts'

it('[C2] reads who signs in from the token, in any script', async () => {
  const identity = new Identity(() => tokenOf('person/ä~?', 'Zoë 美咲'))
  expect(identity.subject).toBeNull()
  expect(await identity.who()).toEqual({ id: 'person/ä~?', name: 'Zoë 美咲' })
})

it('[C2] asks `auth` once for requests that are made together', async () => {
  let asked = 0
  const identity = new Identity(async () => tokenOf('ana', `Ana ${++asked}`))
  const [first, second] = await Promise.all([identity.token(), identity.token()])
  expect(asked).toBe(1)
  await Promise.all([identity.renew(first), identity.renew(second)])
  await Promise.all([identity.token(), identity.token()])
  expect(asked).toBe(2)
})
