import { type Audience, ColloquyError } from '@colloquy/shared'
import type { FastifyInstance, InjectOptions } from 'fastify'
import { FINGERPRINT } from '../access/fingerprint.fixture.ts'
import { createGrants } from '../access/grants.ts'
import { createIdentity, type Identity } from '../access/identity.ts'
import { createInvites } from '../access/invites.ts'
import { createPeople } from '../access/people.ts'
import type { Principal } from '../access/principal.ts'
import { createResources } from '../access/resources.ts'
import { memoryJournal, open } from '../access/stream.fixture.ts'
import { createWorkspace } from '../access/workspace.ts'
import type { Person } from '../access/workspace-state.ts'
import type { Command, SessionApi, SessionsApi } from '../session/api.ts'
import { type AppOptions, createApp } from './app.ts'
import { createLogger } from './logging.ts'

export const NOW = 1_800_000_000_000
export const C1 = '7f0c5d1e-3b1a-4a55-9a7b-0d8f3f6d2a11'
export const C2 = '7f0c5d1e-3b1a-4a55-9a7b-0d8f3f6d2a12'
export const SECRET = 'the secret of whoever issues tokens for the team'
const OWN_SECRET = new Uint8Array(32).fill(7)

/** What came through the seam: who did what in which session. */
export interface Executed {
  sessionId: string
  who: string
  commandId: string
  command: Command
}

/** The edge with a stand-in behind the session seam: one session `s1`, of which `ann` and `bo` are members. */
export interface Edge {
  app: FastifyInstance
  identity: Identity
  executed: Executed[]
  tickets: { who: string; sessionId: string; origin: string | undefined }[]
  people: Map<string, Person>
  /** Thrown by the next call of the seam. */
  fail(error: unknown): void
  /** Everything logged so far. */
  log(): string
  /** Asks as somebody with a token of their own; `root` is an admin. */
  ask(
    who: string | null,
    request: InjectOptions,
  ): Promise<{ status: number; body: unknown; code: string | undefined }>
}

const RESULTS: Record<Command['type'], object> = {
  'prompt.submit': { promptId: 'p1', laneId: 'main', position: 1 },
  'message.regenerate': { promptId: 'p1', laneId: 'main', position: 1 },
  'invite.end': { ok: true },
  'session.rename': { ok: true },
  'prompt.edit': { ok: true },
  'prompt.withdraw': { ok: true },
  'prompt.move': { ok: true },
  'turn.cancel': { ok: true },
  'call.decide': { ok: true },
  'message.share': { messageId: 'm2', laneId: 'l1' },
  'message.retract': { ok: true },
  'lane.fork': { ok: true },
  'invite.make': { expiresAt: NOW + 1000 },
  'invite.accept': { sessionId: 's1', userId: '', role: 'prompter' },
  'member.set': { ok: true },
  'member.remove': { ok: true },
  'member.stop': { ok: true },
  'policy.set': { ok: true },
}
export const MESSAGE = {
  id: 'm1',
  role: 'user' as const,
  metadata: {
    seq: 1,
    promptId: 'p1',
    turnId: 't1',
    author: { id: 'ann', name: 'Ann' },
    at: NOW,
    status: 'done' as const,
  },
  parts: [{ type: 'text' as const, text: 'Hello' }],
}
const SESSION = {
  id: 's1',
  title: 'Plans',
  role: 'owner' as const,
  members: [{ userId: 'ann', name: 'Ann', role: 'owner' as const }],
  lanes: [{ laneId: 'main', audience: 'everyone' as const, doc: 's1/main@1', board: 's1/main~board@1' }],
  groups: [],
  withoutTools: [],
}

/** What the stand-in's one invite shows; its code is `INVITE`. */
export const INVITE = 'AAAAAAAAAAAAAAAAAAAAAA'
export const PREVIEW = {
  ...{ sessionId: 's1', title: 'Plans', role: 'prompter' as const, invitedBy: 'Ann' },
  ...{ members: ['Ann', 'Bo'], expiresAt: NOW + 1000 },
}

function standIn(executed: Executed[], check: () => void): SessionsApi {
  const joined = new Set(['ann', 'bo'])
  const members = (who: Principal) => {
    check()
    if (!joined.has(who.userId)) throw new ColloquyError('NOT_FOUND', `${who.userId} is no member`)
  }
  const session = {
    sessionId: 's1',
    async execute(who: Principal, commandId: string, command: Command) {
      if (command.type !== 'invite.accept') members(who)
      check()
      joined.add(who.userId)
      executed.push({ sessionId: 's1', who: who.userId, commandId, command })
      const result = RESULTS[command.type]
      return command.type === 'invite.accept' ? { ...result, userId: who.userId } : result
    },
    async visit(who: Principal) {
      members(who)
      return SESSION
    },
    async describe(who: Principal) {
      members(who)
      return SESSION
    },
    async invite(inviteId: string) {
      check()
      if (inviteId !== createInvites(OWN_SECRET).id(INVITE)) throw new ColloquyError('NOT_FOUND', inviteId)
      return PREVIEW
    },
    async invites(who: Principal) {
      members(who)
      return { invites: [] }
    },
    async audit(who: Principal) {
      members(who)
      return { items: [], before: null, elsewhere: [] }
    },
    async readersFor(who: Principal, asked: Audience) {
      members(who)
      return { audience: asked === 'everyone' ? asked : [...new Set([...asked, who.userId])].sort() }
    },
    async prompt(who: Principal, promptId: string) {
      members(who)
      if (promptId !== 'p1') throw new ColloquyError('NOT_FOUND', 'no such prompt')
      return { promptId, laneId: 'main', state: 'ended', end: 'done' }
    },
    async messages(who: Principal) {
      members(who)
      return { messages: [MESSAGE], before: null }
    },
    async export(who: Principal) {
      members(who)
      return { session: { id: 's1', title: 'Plans' }, messages: [MESSAGE], turns: [] }
    },
  } as unknown as SessionApi
  return {
    async create() {
      check()
      return SESSION
    },
    async fork() {
      check()
      return SESSION
    },
    async open(id) {
      check()
      if (id !== 's1') throw new ColloquyError('NOT_FOUND', `no session ${id}`)
      return session
    },
    async mine({ userId }) {
      check()
      if (!joined.has(userId)) return []
      return [{ id: 's1', title: 'Plans', createdAt: NOW, activeAt: NOW, lanes: [], here: [] }]
    },
  }
}

export async function openEdge(options: Partial<AppOptions> = {}): Promise<Edge> {
  const clock = { now: () => NOW, after: () => () => {} }
  const stream = await open(memoryJournal().journal)
  const written = createPeople(stream, clock)
  const executed: Executed[] = []
  const people = new Map<string, Person>()
  const tickets: Edge['tickets'] = []
  const lines: string[] = []
  const logger = createLogger({ level: 'trace', destination: { write: (line) => void lines.push(line) } })
  const identity = createIdentity({ jwtSecret: SECRET, ownSecret: OWN_SECRET, clock, log: logger })
  let failure: unknown = null
  const check = () => {
    const error = failure
    failure = null
    if (error !== null) throw error
  }
  const app = await createApp({
    sessions: standIn(executed, check),
    identity,
    invites: createInvites(OWN_SECRET),
    people: {
      async seen(person) {
        people.set(person.userId, { issuedAt: NOW, ...person })
        return written.seen(person)
      },
      get: (userId) => people.get(userId),
      list: (who) => written.list(who),
    },
    workspace: createWorkspace(stream, clock, FINGERPRINT),
    resources: createResources({ stream, clock, fingerprint: FINGERPRINT }),
    grants: createGrants(stream, clock, FINGERPRINT),
    models: ['offline', 'openai/gpt-5'],
    tools: () => [],
    tickets: {
      issue(person, sessionId, origin) {
        tickets.push({ who: person.userId, sessionId, origin })
        return { ticket: 'secret-ticket', expiresAt: NOW + 60_000 }
      },
    },
    publicUrl: 'https://team.example',
    clock,
    logger,
    ready: () => true,
    ...options,
  })
  return {
    app,
    identity,
    executed,
    tickets,
    people,
    fail: (error) => {
      failure = error
    },
    log: () => lines.join(''),
    async ask(who, request) {
      const person = { userId: who ?? '', name: who ?? '', groups: [], admin: who === 'root' }
      const token =
        who === null ? {} : { authorization: `Bearer ${await identity.issueToken(person, 60_000)}` }
      const answer = await app.inject({ ...request, headers: { ...token, ...request.headers } })
      const isJson = String(answer.headers['content-type']).includes('json')
      const body: unknown = isJson ? answer.json() : answer.body
      return { status: answer.statusCode, body, code: codeOf(body) }
    },
  }
}

function codeOf(body: unknown): string | undefined {
  const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined
}
