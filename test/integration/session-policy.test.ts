import { expect, it } from 'vitest'
import { TestServer } from '../kit/server.ts'

it('[LR17] open pages hear of the session’s policy at once, and others find it when they come', async () => {
  const server = await TestServer.start()
  const id = await server.session({ bo: 'viewer' })
  const bo = server.connect('bo', id)
  await bo.ready
  expect(bo.snapshot().withoutTools).toEqual([])
  const heard = new Promise<readonly string[]>((resolve) => {
    bo.subscribe(({ withoutTools }) => withoutTools.length > 0 && resolve(withoutTools))
  })
  await server.json('ana', 'PUT', `/sessions/${id}/policy`, { withoutTools: ['web.fetch'] })
  expect(await heard).toEqual(['web.fetch'])
  const again = bo.snapshot().withoutTools
  const late = server.connect('bo', id)
  await late.ready
  await expect.poll(() => late.snapshot().withoutTools).toEqual(['web.fetch'])
  expect(bo.snapshot().withoutTools).toBe(again)
})
