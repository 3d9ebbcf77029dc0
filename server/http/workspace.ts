import { meAnswer, workspaceAnswer } from '@colloquy/shared/answers'
import { setWorkspace } from '@colloquy/shared/commands'
import type { Workspace, WorkspaceSettings } from '../access/workspace.ts'
import { actor } from './authenticate.ts'
import { type Api, answers, BODY, noQuery, SIGNED_IN } from './contract.ts'

export interface WorkspaceParts {
  workspace: Workspace
  /** What a prompt may name; the first is the default. */
  models: readonly string[]
}

const tags = ['workspace']

/** Who the caller is, and what the workspace offers. */
export function workspaceRoutes(app: Api, { workspace, models }: WorkspaceParts): void {
  const answer = ({ name, systemText }: WorkspaceSettings, admin: boolean) => ({
    ...{ name, models: [...models] },
    ...(admin ? { systemText } : {}),
  })
  meRoute(app)
  app.get(
    '/workspace',
    {
      schema: {
        tags,
        operationId: 'getWorkspace',
        summary: 'The workspace as the caller may see it',
        querystring: noQuery,
        response: answers(200, workspaceAnswer.describe('The workspace'), SIGNED_IN),
      },
    },
    async (request) => answer(workspace.settings(), actor(request).admin),
  )
  app.put(
    '/workspace',
    {
      schema: {
        tags,
        operationId: 'setWorkspace',
        summary: 'Change what is given of the workspace: admins',
        querystring: noQuery,
        body: setWorkspace,
        response: answers(200, workspaceAnswer.describe('As it is now'), SIGNED_IN, BODY, ['FORBIDDEN']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, ...given } = request.body
      return answer(await workspace.set(who, commandId, given), who.admin)
    },
  )
}

function meRoute(app: Api): void {
  app.get(
    '/me',
    {
      schema: {
        tags,
        operationId: 'getMe',
        summary: 'Who the caller is, and until when',
        querystring: noQuery,
        response: answers(200, meAnswer.describe('The caller'), SIGNED_IN),
      },
    },
    async (request) => {
      const { userId, name, admin, guest = false, expiresAt } = actor(request)
      return { userId, name, admin, guest, expiresAt }
    },
  )
}
