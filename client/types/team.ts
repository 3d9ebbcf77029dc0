import type { Audience } from '@colloquy/shared/audience'
import type { PersonRef } from '@colloquy/shared/layout'
import type { Role } from '@colloquy/shared/roles'
import type { Approver, ToolEffect } from '@colloquy/shared/tools'
import type { SessionManagement } from './manage.ts'
import type { Storage } from './options.ts'

export interface WorkspaceOptions {
  /** Where the server is; in a page, a relative URL counts from that page. */
  url: string
  /** As for `connect`: without it the browser's cookie tells who this is. */
  auth?: (() => string | Promise<string>) | undefined
  /** Where `connect` was told to keep what outlives the page; default `localStorage`. */
  storage?: Storage | undefined
  fetch?: typeof fetch | undefined
}

/** Who is signed in, as the server sees it. */
export interface SignedIn {
  userId: string
  name: string
  admin: boolean
  /** Came in by an invite: is in the sessions they were invited to, and makes none. */
  guest: boolean
  /** When the proof of it lapses, in ms since 1970. */
  expiresAt: number
}

/** What turns may call. */
export interface ToolInfo {
  name: string
  description: string
  /** `read` changes nothing anywhere. */
  effect: ToolEffect
  /** Whose consent each call needs; absent: nobody's. */
  approver?: Approver | undefined
}

export interface WorkspaceInfo {
  name: string
  /** What a prompt may name as its model; the first is the default. */
  models: string[]
  tools: ToolInfo[]
  /** These are told to admins only. */
  systemText?: string | undefined
  /** All that the server has, whether turns may call them or not. */
  allTools?: ToolInfo[] | undefined
  /** Names of the tools that an admin chose, some of which may be away; null: all, also those that come later. */
  pinned?: string[] | null | undefined
}

export interface SessionSummary {
  id: string
  title: string
  createdAt: number
  /** When all its members last saw something happen in it. */
  activeAt: number
  /** One's own; absent for a session that nothing has happened in since an older server. */
  role?: Role | undefined
  /** Those that one reads, and the `metadata.seq` of the last message of each; 0: none yet. */
  lanes: { laneId: string; lastSeq: number }[]
  /** Who has it open now. */
  here: PersonRef[]
}

/** Somebody of the workspace, as their newest token says. */
export interface Person extends PersonRef {
  admin: boolean
  /** Came in by an invite. */
  guest: boolean
  groups: string[]
}

/** Everyone, or userIds and `group:<id>`. */
export type Grantees = 'everyone' | string[]

/** Whose turns may call a tool, and who may allow its calls, of those whom the tool asks. */
export interface Grant {
  use: Grantees
  approve: Grantees
}

/** What an invite shows before it is accepted. */
export interface InvitePreview {
  sessionId: string
  title: string
  role: Role
  /** A name. */
  invitedBy: string
  /** Names of who is in. */
  members: string[]
  expiresAt: number
}

export interface AcceptedInvite {
  sessionId: string
  userId: string
  role: Role
  /** The credential, where the caller had none: keep it with `keepSignedIn`, or give it to `auth`. */
  token?: string | undefined
}

/** What a resource's text is. */
export type ResourceFormat = 'text' | 'markdown' | 'csv' | 'json'

/** A text that answers may draw on, where all who read them may read it. */
export interface Resource {
  id: string
  title: string
  format: ResourceFormat
  /** `everyone`: of the workspace, or of the session that it is bound to. */
  audience: Audience
  /** Only members of this session read it; absent: bound to none. */
  sessionId?: string | undefined
  /** Who put it there. */
  by: PersonRef
  /** Characters of its text. */
  length: number
  updatedAt: number
}

export interface ResourceText extends Resource {
  text: string
}

export interface NewResource {
  title: string
  text: string
  /** What the text is; without it plain text. */
  format?: ResourceFormat | undefined
  /** As for a prompt. */
  audience: Audience
  /** Binds it to a session, as `uploadResource` does. */
  sessionId?: string | undefined
}

/** What becomes of a file that is attached in a session. */
export interface Upload {
  sessionId: string
  /** As for a prompt there. */
  audience: Audience
  /** Without it the file's name. */
  title?: string | undefined
  /** Without it what the name says. */
  format?: ResourceFormat | undefined
  /** Hears which share of the file has left, from 0 to 1; after that the server reads it. */
  onProgress?: ((share: number) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface SearchOptions {
  /** Only this session. */
  session?: string | undefined
  /** The `next` of the page before. */
  next?: string | undefined
  /** Ends it, as when a later search makes it useless: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined
}

/** A message in which all words of a query stand. */
export interface SearchHit {
  sessionId: string
  /** Of the session. */
  title: string
  messageId: string
  laneId: string
  seq: number
  /** Who may read it: everyone, or userIds … */
  audience: Audience
  /** … and those of them who are members now. */
  readers: PersonRef[]
  /** `user`: the question; `assistant`: the answer. */
  role: 'user' | 'assistant'
  /** Who asked. */
  author: PersonRef
  /** When it was written, or shared, in ms since 1970. */
  at: number
  /** At most 200 characters around the first place. */
  excerpt: string
  /** Where the words stand in the excerpt: from, to (exclusive), in UTF-16 units. */
  marks: [from: number, to: number][]
}

export interface SearchPage {
  /** Session by session, last active first; in each the newest first. At most 30; perhaps none although more follow. */
  hits: SearchHit[]
  /** To go on with; null: everything has been looked at. A hit may come again on a later page. */
  next: string | null
  /** Sessions that could not be read just now. */
  notRead: number
}

/** What a person does outside any session. Every method throws ColloquyError. */
export interface Workspace {
  /** @throws ColloquyError `UNAUTHENTICATED` when nobody is signed in */
  me(): Promise<SignedIn>
  info(): Promise<WorkspaceInfo>
  /** Those that one is a member of. */
  sessions(): Promise<SessionSummary[]>
  createSession(title?: string): Promise<{ id: string }>
  /**
   * Messages that one may read and that have all words of a query, without case and accents: 1 to 200 characters.
   * @throws ColloquyError `MALFORMED` where it has no word, `RATE_LIMITED`, `NOT_FOUND` where `session` is not one's own
   */
  search(query: string, options?: SearchOptions): Promise<SearchPage>
  /** Also for who is not signed in. */
  invitePreview(sessionId: string, code: string): Promise<InvitePreview>
  /** Also for who is not signed in, under `name`. */
  acceptInvite(sessionId: string, code: string, name?: string): Promise<AcceptedInvite>
  /** For admins; `tools`: the names of those that turns may call; null: all that the server has. */
  setWorkspace(change: { name?: string; systemText?: string; tools?: string[] | null }): Promise<void>
  /** For admins: everybody who has signed in, by name. */
  people(): Promise<Person[]>
  /** For admins: the grants that were set, by tool; one without a grant is open to everyone. */
  grants(): Promise<(Grant & { tool: string })[]>
  /** For admins. @throws ColloquyError `MALFORMED` when the server has no such tool */
  setGrant(tool: string, grant: Grant): Promise<void>
  /** What its moderators and owners do about a session, beside taking part in it. Asks nothing by itself. */
  manage(sessionId: string): SessionManagement
  /** Those that one may read, newest first. */
  resources(): Promise<Resource[]>
  resource(id: string): Promise<ResourceText>
  /** Makes it, or replaces what one has put there. */
  putResource(id: string, resource: NewResource): Promise<Resource>
  /**
   * Puts the text of a file: UTF-8, or a PDF, of which the text alone is kept. A prompt names it by a Markdown link to
   * `resource:<id>`, with the id of the answer.
   * @throws ColloquyError `UNREADABLE_FILE`, `TOO_LARGE`, `MALFORMED`; `CLOSED` when `signal` aborts
   */
  uploadResource(id: string, file: File, upload: Upload): Promise<Resource>
  /** Chooses who reads what one has attached. */
  setReaders(id: string, audience: Audience): Promise<Resource>
  removeResource(id: string): Promise<void>
  /** Has the server keep this token in a cookie that no script can read. */
  keepSignedIn(token: string): Promise<void>
  /**
   * Removes that cookie, and every transcript that this browser kept of the person's sessions. Prompts that were
   * never sent stay, for that person alone.
   */
  signOut(): Promise<void>
}
