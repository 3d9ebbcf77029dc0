import { grantAnswer, grantsAnswer } from '@colloquy/shared/answers'
import { setGrant } from '@colloquy/shared/commands'
import type { Grants } from '../access/grants.ts'
import type { Workspace } from '../access/workspace.ts'
import type { Tool } from '../tools/tool.ts'
import { actor } from './authenticate.ts'
import { type Api, answers, BODY, noQuery, ofTool, SIGNED_IN } from './contract.ts'
import { malformed } from './errors.ts'

export interface GrantParts {
  grants: Grants
  workspace: Workspace
  /** All that the server has. */
  tools: () => readonly Tool[]
}

const tags = ['workspace']

/** Who may use the workspace's tools, and who may allow their calls: for admins. */
export function grantRoutes(app: Api, parts: GrantParts): void {
  const { grants } = parts
  app.get(
    '/tools/grants',
    {
      schema: {
        tags,
        operationId: 'listGrants',
        summary: 'The grants that admins set, by tool; without one a tool is open to everyone: admins',
        querystring: noQuery,
        response: answers(200, grantsAnswer.describe('The grants'), SIGNED_IN, ['FORBIDDEN']),
      },
    },
    async (request) => ({ grants: await grants.list(actor(request)) }),
  )
  app.put(
    '/tools/:name/grant',
    {
      schema: {
        tags,
        operationId: 'setGrant',
        summary: 'Say who may use a tool, and who may allow its calls: admins',
        params: ofTool,
        querystring: noQuery,
        body: setGrant,
        response: answers(200, grantAnswer.describe('As it is now'), SIGNED_IN, BODY, ['FORBIDDEN']),
      },
    },
    async (request) => {
      const who = actor(request)
      const { commandId, ...grant } = request.body
      const { name } = request.params
      // To anybody else it is refused, and tells nothing of what tools there are.
      if (who.admin) refuseUnknown(name, parts)
      return grants.set(who, commandId, name, grant)
    },
  )
}

/** A tool that an admin has named before may be named: the server that has it may only be away. */
function refuseUnknown(name: string, { grants, workspace, tools }: GrantParts): void {
  const isKnown =
    tools().some((tool) => tool.name === name) ||
    (workspace.settings().tools ?? []).includes(name) ||
    grants.has(name)
  if (!isKnown) throw malformed([{ path: 'params/name', message: 'is no tool of this server' }])
}
