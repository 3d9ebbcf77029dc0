import { meAnswer, peopleAnswer, workspaceAnswer } from '@colloquy/shared/answers'
import { setWorkspace } from '@colloquy/shared/commands'
import type { People } from '../access/people.ts'
import { offeredOf, type Workspace, type WorkspaceSettings } from '../access/workspace.ts'
import type { Tool } from '../tools/tool.ts'
import { actor } from './authenticate.ts'
import { type Api, answers, BODY, noQuery, SIGNED_IN } from './contract.ts'
import { malformed } from './errors.ts'

export interface WorkspaceParts {
  workspace: Workspace
  people: Pick<People, 'list'>
  /** What a prompt may name; the first is the default. */
  models: readonly string[]
  /** All that the server has. */
  tools: () => readonly Tool[]
}

const tags = ['workspace']
/** Characters of a tool's description that people are shown. */
const SHOWN_DESCRIPTION = 4_000

/** Who the caller is, and what the workspace offers. */
export function workspaceRoutes(app: Api, parts: WorkspaceParts): void {
  const { workspace, models, tools } = parts
  const answer = (settings: WorkspaceSettings, admin: boolean) => ({
    ...{ name: settings.name, models: [...models], tools: offeredOf(settings, tools()).map(shown) },
    ...(admin ? forAdmins(settings, tools()) : {}),
  })
  meRoute(app)
  peopleRoute(app, parts)
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
      // To anybody else it is refused, and tells nothing of what tools there are.
      if (who.admin && given.tools) refuseUnknown(given.tools, parts)
      return answer(await workspace.set(who, commandId, given), who.admin)
    },
  )
}

function forAdmins({ systemText, tools: pinned }: WorkspaceSettings, all: readonly Tool[]) {
  return { systemText, allTools: offeredOf({}, all).map(shown), pinned: pinned ? [...pinned] : null }
}

function shown({ name, description, effect, approver }: Tool) {
  const text = description.slice(0, SHOWN_DESCRIPTION)
  return { name, description: text, effect, ...(approver ? { approver } : {}) }
}

/** A tool that is pinned already may be named: the server that has it may only be away. */
function refuseUnknown(names: readonly string[], { workspace, tools }: WorkspaceParts): void {
  const known = new Set([...tools().map(({ name }) => name), ...(workspace.settings().tools ?? [])])
  const issues = names.flatMap((name, at) =>
    known.has(name) ? [] : [{ path: `body/tools/${at}`, message: 'is no tool of this server' }],
  )
  if (issues.length > 0) throw malformed(issues)
}

function peopleRoute(app: Api, { people }: WorkspaceParts): void {
  app.get(
    '/people',
    {
      schema: {
        tags,
        operationId: 'listPeople',
        summary: 'Everybody who has signed in to the workspace: admins',
        querystring: noQuery,
        response: answers(200, peopleAnswer.describe('The people'), SIGNED_IN, ['FORBIDDEN']),
      },
    },
    async (request) => ({ people: await people.list(actor(request)) }),
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
