import { createServer, type Server as HttpServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CLOSE } from '@colloquy/shared'
import type { FastifyBaseLogger } from 'fastify'
import { createFingerprint } from './access/fingerprint.ts'
import { createGrants } from './access/grants.ts'
import { createIdentity, type Identity } from './access/identity.ts'
import { createInvites } from './access/invites.ts'
import { createPeople } from './access/people.ts'
import { createResources } from './access/resources.ts'
import { createRights } from './access/rights.ts'
import { createWorkspace } from './access/workspace.ts'
import { openWorkspaceStream, WORKSPACE_STREAM } from './access/workspace-stream.ts'
import { type Clock, randomId, systemClock } from './clock.ts'
import { createApp } from './http/app.ts'
import type { PageFiles } from './http/pages.ts'
import type { HttpLimits } from './http/rates.ts'
import { type Journal, JournalError } from './journal/journal.ts'
import { createModel } from './model/catalog.ts'
import type { ModelPort } from './model/port.ts'
import { FollowedWorkspace } from './nodes/followed-workspace.ts'
import { Sessions } from './session/sessions.ts'
import type { Settings } from './settings.ts'
import { openStore } from './store.ts'
import { createGateway } from './sync/gateway.ts'
import { createTools, type Tools } from './tools/create-tools.ts'
import type { Tool } from './tools/tool.ts'
import { createToolbox } from './tools/toolbox.ts'

/** How long requests may take to be answered once nothing else runs, in ms. */
const LAST_ANSWERS_MS = 2_000
/** How long running turns may go on after the server was told to stop, in ms. */
const GRACE_MS = 5_000

/** What a caller may bring instead of the usual parts: tests and benchmarks do. */
export interface Parts {
  log: FastifyBaseLogger
  clock?: Clock
  model?: ModelPort
  /** Called when nothing can be stored any more: the process had better end, and be started again. */
  died?: () => void
  /** Wraps the journal that the settings name. */
  wrapJournal?: (journal: Journal) => Journal
  /** Wraps the model that the settings name. */
  wrapModel?: (model: ModelPort) => ModelPort
  /** Wraps each tool that the server has. */
  wrapTool?: (tool: Tool) => Tool
  /** Tools beside those that the settings name. */
  tools?: readonly Tool[]
  httpLimits?: Partial<HttpLimits>
  pages?: PageFiles
}

export interface Server {
  /** Where it listens, such as `http://127.0.0.1:4455`. */
  url: string
  sessions: Sessions
  identity: Identity
  /** Stops accepting, lets running turns finish within a grace period, closes connections with 1012. */
  stop(): Promise<void>
}

/**
 * Puts the rooms of the house together and listens.
 * @throws JournalError `DATA_IN_USE` when another server has the data folder; `UNAVAILABLE` when the store cannot be used
 */
export async function startServer(settings: Settings, parts: Parts): Promise<Server> {
  const { log, clock = systemClock } = parts
  const { limits } = settings
  const store = await openStore(settings, { clock, log, died: parts.died })
  const { secret, tickets, peers, relays } = store
  const fingerprint = createFingerprint(secret)
  const journal = parts.wrapJournal?.(store.journal) ?? store.journal
  const made = parts.model ?? createModel(settings, clock)
  const model = parts.wrapModel?.(made) ?? made
  const { jwtSecret, jwksUrl, jwtIssuer: issuer, jwtAudience: audience } = settings
  const identity = createIdentity({
    ...{ jwtSecret, jwksUrl, issuer, audience, workspace: settings.workspace },
    ...{ ownSecret: secret, production: settings.mode === 'production', clock, log },
  })
  const stream = await openWorkspaceStream(journal, clock, {
    confirm: peers && (() => peers.readLeases.confirm(WORKSPACE_STREAM, { type: 'workspace' })),
  })
  const workspace = createWorkspace(stream, clock, fingerprint)
  const resources = createResources({ stream, clock, fingerprint })
  const tools = await createTools(settings, { stream, resources, clock, log })
  const allTools = withParts(tools, parts)
  const toolbox = createToolbox(() => workspace.offeredTools(allTools()))
  const rights = createRights(stream)
  const followed = peers && new FollowedWorkspace(stream, peers, { log, died: parts.died })
  const http = createServer()
  let ready = false

  const allowedOrigins = [...(settings.publicUrl ? [settings.publicUrl] : []), ...settings.embedOrigins]
  const openSession = (sessionId: string) => sessions.open(sessionId)
  const gateway = createGateway({
    ...{ server: http, tickets, openSession, relays, allowedOrigins, clock, limits, log },
  })
  const { rooms } = gateway
  const sessions = new Sessions(
    {
      ...{
        journal,
        boards: peers?.boards,
        readLeases: peers?.readLeases,
        workspace: followed,
        rooms,
        model,
        toolbox,
        rights,
        clock,
        newId: randomId,
        fingerprint,
        random: () => Math.random(),
        limits,
      },
      log,
      teamText: () => workspace.teamText(),
    },
    { secret, peers },
  )
  store.serve(async (question) => {
    if (question.type !== 'workspace') return sessions.answer(question)
    await stream.current()
  })
  await followed?.start()
  stream.watch((event) => {
    if (event.type === 'person.changed') sessions.groupsChanged(event.userId)
  })
  const app = await createApp({
    ...{
      server: http,
      sessions,
      identity,
      tickets,
      clock,
      logger: log,
      current: followed && (() => followed.settled()),
      ready: () => ready && store.reachable() && (followed?.held ?? true),
    },
    ...{ people: createPeople(stream, clock), workspace, invites: createInvites(secret) },
    ...{ resources, grants: createGrants(stream, clock, fingerprint) },
    models: [...new Set([model.defaultModel, ...model.models])],
    tools: allTools,
    ...{ publicUrl: settings.publicUrl, embedOrigins: settings.embedOrigins },
    ...{ trustProxy: settings.trustProxy, limits: parts.httpLimits },
    ...parts.pages,
  })

  await app.listen({ port: settings.port, host: settings.host })
  const recovered = await sessions.recover()
  ready = true
  const url = urlOf(http.address() as AddressInfo)
  log.info({ url, recovered }, 'listening')

  return {
    url,
    sessions,
    identity,
    async stop() {
      ready = false
      await sessions.close(GRACE_MS)
      await gateway.close(CLOSE.restart)
      await closeHttp(app, http)
      tools.close()
      followed?.stop()
      await store.close()
    },
  }
}

/** The tools that the server has and those that a caller brings, each wrapped once. */
function withParts(tools: Tools, { tools: brought = [], wrapTool = (tool) => tool }: Parts): () => Tool[] {
  const wrapped = new WeakMap<Tool, Tool>()
  const wrap = (tool: Tool): Tool => {
    const known = wrapped.get(tool) ?? wrapTool(tool)
    wrapped.set(tool, known)
    return known
  }
  return () => [...tools.all(), ...brought].map(wrap)
}

/** A connection on which nothing was ever asked, as browsers keep in reserve, would hold the server for a minute. */
async function closeHttp(app: { close(): Promise<unknown> }, http: HttpServer): Promise<void> {
  const late = setTimeout(() => http.closeAllConnections(), LAST_ANSWERS_MS)
  await app.close()
  clearTimeout(late)
}

const LISTENING: Readonly<Record<string, string>> = {
  EADDRINUSE: 'The port is in use: stop what listens there, or choose another with --port.',
  EACCES: 'This user may not listen on that port: choose one over 1023 with --port.',
}

/** Why the server did not start, in a line for whoever starts it; null where only the stack helps. */
export function whyNotStarted(error: unknown): string | null {
  if (error instanceof JournalError) return error.message
  if (!(error instanceof Error)) return null
  const { code = '', syscall, path }: NodeJS.ErrnoException = error
  if (syscall === 'listen') return LISTENING[code] ?? null
  if (syscall === undefined || path === undefined) return null
  return `The data folder cannot be used: ${code} at ${path}. Choose another with --data.`
}

function urlOf({ address, family, port }: AddressInfo): string {
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`
}
